using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>The requests on real folders: their promises also hold for the files.</summary>
public sealed class RequestsOnFoldersTests
{
    [Fact]
    public async Task Nothing_but_empty_folders_is_left_after_an_image_came_and_went()
    {
        using TestApp app = NewApp(out TestFolder folder);
        using (folder)
        {
            using MemoryStream photo = new(TestPictures.Jpeg());

            string key = (await app.SendAsync(new UploadImage(photo))).Key.ToString();
            FilesOf(folder, "incoming").Should().HaveCount(4);
            await app.SendAsync(new PublishImage(key));
            FilesOf(folder, "active").Should().HaveCount(4);
            FilesOf(folder, "incoming").Should().BeEmpty();
            await app.SendAsync(new DeleteImages([key]));

            folder.Entries.Should().Equal("active", "active/.meta", "incoming", "incoming/.meta");
        }
    }

    [Fact]
    [Trait("fault", "c2c-3")]
    public async Task Publishing_the_same_four_times_at_once_leaves_one_whole_set()
    {
        string[] stems = ["1475660224_1", "1475660224_2", "1475660224_3"];
        using TestApp app = NewApp(out TestFolder folder);
        using (folder)
        {
            foreach (string stem in stems)
            {
                LeaveUpload(folder, stem);
            }

            await Task.WhenAll(from stem in stems from _ in Enumerable.Range(0, 4) select Task.Run(() => app.SendAsync(new PublishImage($"{stem}.jpg"))));

            FilesOf(folder, "incoming").Should().BeEmpty();
            FilesOf(folder, "active").Should().Equal(stems.SelectMany(WholeSet));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thumbnail_that_is_put_anew_while_it_is_published_keeps_a_recipe(bool isRecipeLate)
    {
        using TestApp app = NewApp(out TestFolder folder);
        using (folder)
        {
            using MemoryStream photo = new(TestPictures.Jpeg());
            string key = (await app.SendAsync(new UploadImage(photo))).Key.ToString();
            string name = key.Replace(".jpg", "BI.jpg", StringComparison.Ordinal);
            FileSystemImageStorage incoming = new("incoming", new DirectoryInfo(folder.PathOf("incoming")));
            ImageProperties properties = (await incoming.FindAsync(ImageKey.Parse(name), default))!.Properties;
            byte[] content = await File.ReadAllBytesAsync(folder.PathOf("incoming", name));
            int tries = 0;
            app.Calls.BeforeCall = call =>
                call == $"active copy {name}" && tries++ == 0 ? PutAsync(isRecipeLate ? ImageProperties.None : properties)
                : call == $"active verify {name}" && tries == 1 ? PutAsync(properties)
                : Task.CompletedTask;

            await app.SendAsync(new PublishImage(key));

            tries.Should().BePositive();
            StoredImage published = (await app.Stores.Active.FindAsync(ImageKey.Parse(name), default))!;
            published.Properties.Recipe.Should().Be(properties.Recipe);

            async Task PutAsync(ImageProperties with)
            {
                using MemoryStream again = new(content);
                await incoming.PutAsync(ImageKey.Parse(name), again, with with { RecipeOf = null }, default);
            }
        }
    }

    [Theory]
    [Trait("fault", "c2c-22")]
    [InlineData(FaultMode.BeforeEffect)]
    [InlineData(FaultMode.AfterEffect)]
    public async Task A_publish_that_was_cut_off_and_sent_again_leaves_one_whole_set(FaultMode mode)
    {
        bool failed = true;
        for (int n = 1; failed; n += 4) // the request's own test covers every call, in memory
        {
            using TestApp app = NewApp(out TestFolder folder);
            using (folder)
            {
                LeaveUpload(folder, "1475660224_1");
                app.Calls.CutOffAt(n, mode);
                try
                {
                    await app.SendAsync(new PublishImage("1475660224_1.jpg"));
                    failed = false;
                }
                catch (StorageException)
                {
                    app.Calls.Heal();
                    await app.SendAsync(new PublishImage("1475660224_1.jpg"));
                }

                FilesOf(folder, "incoming").Should().BeEmpty($"cut off at call {n}");
                FilesOf(folder, "active").Should().Equal(WholeSet("1475660224_1"), $"cut off at call {n}");
                folder.Entries.Should().NotContain(entry => entry.Contains(".partial-"));
            }
        }
    }

    private static TestApp NewApp(out TestFolder folder)
    {
        folder = new TestFolder();
        StorageCalls calls = new();
        FileSystemImageStorage incoming = new("incoming", folder.CreateFolder("incoming"));
        FileSystemImageStorage active = new("active", folder.CreateFolder("active"));
        return new TestApp
        {
            Calls = calls,
            Stores = new ImageStores(new FaultingStorage(ImageStores.IncomingName, incoming, calls), new FaultingStorage(ImageStores.ActiveName, active, calls)),
        };
    }

    /// <summary>As an older site left it: files with nothing beside them.</summary>
    private static void LeaveUpload(TestFolder folder, string stem)
    {
        foreach (string name in WholeSet(stem))
        {
            File.WriteAllText(folder.PathOf("incoming", name), name);
        }
    }

    private static string[] WholeSet(string stem) => [$"{stem}.jpg", $"{stem}BI.jpg", $"{stem}MI.jpg", $"{stem}SI.jpg"];

    private static IEnumerable<string> FilesOf(TestFolder folder, string storage) =>
        Directory.EnumerateFiles(folder.PathOf(storage)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
