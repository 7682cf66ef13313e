using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage;

/// <summary>What is promised about the folder itself: to other programs that read it, and after a crash.</summary>
public sealed class FileSystemFolderTests : IDisposable
{
    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly ImageKey ThumbnailKey = ImageKey.Parse("1475660224_0882910455MI.jpg");
    private static readonly ImageProperties WithRecipe = new(Recipe: "0123456789abcdef");
    private static readonly ImageProperties WithCrop = new(Crop: CropArea.Parse("1x2+3+4"));
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TestFolder _folder = new();
    private readonly FileSystemImageStorage _storage;

    public FileSystemFolderTests() => _storage = new FileSystemImageStorage("active", _folder.Folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Holds_images_only_besides_what_is_hidden()
    {
        await PutAsync(Key, "a photo", WithCrop);
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);

        _folder.Folder.EnumerateFileSystemInfos().Select(entry => entry.Name)
            .Should().BeEquivalentTo(".meta", Key.ToString(), ThumbnailKey.ToString());
        (await File.ReadAllTextAsync(_folder.PathOf(Key.ToString()))).Should().Be("a photo");
        _folder.Folder.EnumerateFiles(".meta/*").Should().HaveCount(2);
    }

    [Fact]
    public async Task Makes_no_hidden_folder_where_nothing_is_kept_beside()
    {
        await PutAsync(Key, "a photo");

        _folder.Entries.Should().Equal(Key.ToString());
    }

    [Fact]
    public async Task Removes_what_was_kept_beside_with_the_object()
    {
        await PutAsync(Key, "a photo", WithCrop);
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);

        await _storage.DeleteAsync(Key, None);
        await _storage.DeleteAsync(ThumbnailKey, None);

        _folder.Entries.Should().Equal(".meta");
    }

    [Fact]
    public async Task Removes_what_a_crash_left_beside_an_object_that_is_gone()
    {
        await PutAsync(Key, "a photo", WithCrop);
        File.Delete(_folder.PathOf(Key.ToString()));

        await _storage.DeleteAsync(Key, None);

        _folder.Entries.Should().Equal(".meta");
    }

    [Fact]
    public async Task Tells_when_an_object_was_written()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-2); // clocks of file systems tick slowly
        await PutAsync(Key, "a photo");

        (await _storage.FindAsync(Key, None))!.WrittenAt.Should().BeOnOrAfter(before).And.BeOnOrBefore(DateTimeOffset.UtcNow.AddSeconds(2));
    }

    [Fact]
    public async Task Serves_what_other_programs_put_into_the_folder()
    {
        await File.WriteAllTextAsync(_folder.PathOf(Key.ToString()), "from an older site");

        await using OpenedImage image = await _storage.OpenReadAsync(Key, None);

        image.Facts.Properties.Should().Be(ImageProperties.None);
        using StreamReader reader = new(image.Content);
        (await reader.ReadToEndAsync()).Should().Be("from an older site");
    }

    [Fact]
    public async Task Lists_neither_hidden_files_nor_folders_nor_other_names()
    {
        await PutAsync(Key, "a photo", WithCrop);
        foreach (string name in new[] { ".hidden.jpg", ".partial-0123", "readme.txt", "photo.jpeg", "photo.JPG", "with space.jpg", "nothing" })
        {
            await File.WriteAllTextAsync(_folder.PathOf(name), "no image");
        }

        _folder.CreateFolder("folder.jpg");
        await File.WriteAllTextAsync(_folder.PathOf("folder.jpg", "1_2.jpg"), "deeper");

        List<ImageKey> listed = [];
        await foreach (ListedImage image in _storage.ListAsync(None))
        {
            listed.Add(image.Key);
        }

        listed.Should().Equal(Key);
    }

    [Fact]
    public async Task A_missing_folder_is_a_fault_and_not_an_empty_storage()
    {
        using TestFolder elsewhere = new();
        FileSystemImageStorage other = new("incoming", elsewhere.Folder);
        using (MemoryStream photo = new("a photo"u8.ToArray()))
        {
            await other.PutAsync(Key, photo, ImageProperties.None, None);
        }

        _folder.Folder.Delete(recursive: true);
        Dictionary<string, Func<Task>> calls = new()
        {
            ["find"] = () => _storage.FindAsync(Key, None),
            ["open"] = () => _storage.OpenReadAsync(Key, None),
            ["put"] = () => PutAsync(Key, "a photo"),
            ["put with crop"] = () => PutAsync(Key, "a photo", WithCrop),
            ["copy"] = () => _storage.CopyFromAsync(other, Key, null, None),
            ["copy from"] = () => other.CopyFromAsync(_storage, Key, null, None),
            ["verify"] = () => _storage.VerifyCopyAsync(other, Key, None),
            ["delete"] = () => _storage.DeleteAsync(Key, None),
            ["list"] = async () => await _storage.ListAsync(None).GetAsyncEnumerator(None).MoveNextAsync(),
        };

        foreach ((string name, Func<Task> call) in calls)
        {
            (await call.Should().ThrowAsync<StorageException>(name)).Which.IsFull.Should().BeFalse(name);
        }

        Directory.Exists(_folder.Path).Should().BeFalse("a lost mount must not be written under");
    }

    [Fact]
    public async Task A_damaged_file_is_a_fault_that_names_no_path()
    {
        _folder.CreateFolder(Key.ToString()); // where a file is expected
        Func<Task> act = () => _storage.OpenReadAsync(Key, None);

        (await act.Should().ThrowAsync<StorageException>()).Which.Message.Should().NotContain(_folder.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"recipe":7}""")]
    [InlineData("""{"crop":7}""")]
    [InlineData("""{"crop":"1,2,3,4"}""")]
    [InlineData("\0\0\0\0")]
    public async Task What_is_kept_beside_counts_as_none_when_it_is_damaged(string damaged)
    {
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);
        await File.WriteAllTextAsync(MetaOf(ThumbnailKey), damaged);

        (await _storage.FindAsync(ThumbnailKey, None))!.Properties.Should().Be(ImageProperties.None);
    }

    [Fact]
    public async Task A_crash_between_the_picture_and_its_recipe_leaves_a_stale_thumbnail()
    {
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);
        File.Delete(MetaOf(ThumbnailKey));

        (await _storage.FindAsync(ThumbnailKey, None))!.Properties.Recipe.Should().BeNull();
    }

    [Fact]
    public async Task A_picture_that_another_program_puts_in_the_place_of_a_thumbnail_has_no_recipe()
    {
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);

        await File.WriteAllTextAsync(_folder.PathOf(ThumbnailKey.ToString()), "of an older site");

        (await _storage.FindAsync(ThumbnailKey, None))!.Properties.Recipe.Should().BeNull("so it is made anew");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, false)] // the picture was replaced in the meantime
    public async Task A_recipe_of_older_versions_counts_until_the_picture_is_replaced(int secondsLater, bool counts)
    {
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);
        await File.WriteAllTextAsync(MetaOf(ThumbnailKey), """{"recipe":"0123456789abcdef"}""");
        File.SetLastWriteTimeUtc(_folder.PathOf(ThumbnailKey.ToString()), File.GetLastWriteTimeUtc(MetaOf(ThumbnailKey)).AddSeconds(secondsLater));

        (await _storage.FindAsync(ThumbnailKey, None))!.Properties.Recipe.Should().Be(counts ? "0123456789abcdef" : null);
    }

    [Fact]
    public async Task A_moved_folder_keeps_its_recipes()
    {
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);
        using TestFolder elsewhere = new();
        using (Process copy = Process.Start("cp", ["-a", _folder.Path + "/.", elsewhere.Path]))
        {
            await copy.WaitForExitAsync();
        }

        (await new FileSystemImageStorage("active", elsewhere.Folder).FindAsync(ThumbnailKey, None))!.Properties.Should().Be(WithRecipe);
    }

    [Fact]
    public async Task A_picture_whose_recipe_cannot_be_written_does_not_take_its_name()
    {
        await PutAsync(ThumbnailKey, "an old thumbnail");
        Directory.CreateDirectory(MetaOf(ThumbnailKey)); // blocks only the recipe
        Func<Task> act = () => PutAsync(ThumbnailKey, "a new thumbnail", WithRecipe);

        await act.Should().ThrowAsync<StorageException>();

        Directory.Delete(MetaOf(ThumbnailKey));
        (await File.ReadAllTextAsync(_folder.PathOf(ThumbnailKey.ToString()))).Should().Be("an old thumbnail");
        (await _storage.FindAsync(ThumbnailKey, None))!.Properties.Recipe.Should().BeNull();
        NoPartialFiles();
    }

    [Fact]
    public async Task The_recipe_of_a_picture_that_never_came_is_not_that_of_another()
    {
        await PutAsync(ThumbnailKey, "an old thumbnail", WithRecipe);
        PutFolderInTheWayOf(ThumbnailKey);
        Func<Task> act = () => PutAsync(ThumbnailKey, "a new thumbnail", new ImageProperties(Recipe: "fedcba9876543210"));

        await act.Should().ThrowAsync<StorageException>();

        NoPartialFiles();
        Directory.Delete(_folder.PathOf(ThumbnailKey.ToString()), recursive: true);
        await File.WriteAllTextAsync(_folder.PathOf(ThumbnailKey.ToString()), "an old thumbnail");
        (await _storage.FindAsync(ThumbnailKey, None))!.Properties.Recipe.Should().BeNull("so it is made anew");
    }

    [NeedsToolFact("/usr/bin/mkfifo")]
    public async Task A_reader_meets_no_old_picture_with_a_new_recipe()
    {
        await PutAsync(ThumbnailKey, "an old thumbnail");
        await PutAsync(Key, "the new thumbnail");
        Directory.CreateDirectory(_folder.PathOf(".meta"));
        using (Process mkfifo = Process.Start("mkfifo", MetaOf(ThumbnailKey))) // a reader of it waits until something is written
        {
            await mkfifo.WaitForExitAsync();
        }

        Task<OpenedImage> opening = Task.Run(() => _storage.OpenReadAsync(ThumbnailKey, None));
        await using (StreamWriter recipe = await Task.Run(() => new StreamWriter(MetaOf(ThumbnailKey))).WaitAsync(TimeSpan.FromSeconds(30)))
        {
            // The reader is at the recipe now; everything that a put does happens in between.
            File.Move(_folder.PathOf(Key.ToString()), _folder.PathOf(ThumbnailKey.ToString()), overwrite: true);
            await recipe.WriteAsync("""{"recipe":"new"}""");
        }

        await using OpenedImage image = await opening;
        image.Facts.Properties.Recipe.Should().Be("new");
        using StreamReader reader = new(image.Content);
        (await reader.ReadToEndAsync()).Should().Be("the new thumbnail");
    }

    [Fact]
    public async Task A_crop_is_there_before_its_original()
    {
        PutFolderInTheWayOf(Key);
        Func<Task> act = () => PutAsync(Key, "a photo", WithCrop);

        await act.Should().ThrowAsync<StorageException>();

        File.Exists(MetaOf(Key)).Should().BeTrue();
        NoPartialFiles();
    }

    [Fact]
    public async Task A_sweep_leaves_what_is_being_written()
    {
        TaskCompletionSource goOn = new();
        await using StoppingStream content = new(new byte[300_000], stopAt: 200_000) { AtStop = _ => goOn.Task };
        Task put = _storage.PutAsync(Key, content, ImageProperties.None, None);
        await content.Stopped;
        FileSystemImageStorage ofAnotherProcess = new("active", _folder.Folder);

        ofAnotherProcess.Sweep().Should().Be(Swept.Nothing);

        goOn.SetResult();
        await put;
        _folder.Entries.Should().Equal(Key.ToString());
        new FileInfo(_folder.PathOf(Key.ToString())).Length.Should().Be(300_000);
    }

    [Fact]
    public async Task A_sweep_removes_what_the_dead_left_half_written()
    {
        await PutAsync(Key, "a photo", WithCrop);
        await File.WriteAllTextAsync(_folder.PathOf(Marks.PartialOf(Marks.Gone)), "half a pho");
        await File.WriteAllTextAsync(_folder.PathOf(".meta", Marks.PartialOf(Marks.Gone)), "{");
        await File.WriteAllTextAsync(_folder.PathOf(".other"), "of somebody else");

        _storage.Sweep().Should().Be(new Swept(2));

        _folder.Entries.Should().Equal(".meta", $".meta/{Key}.json", ".other", Key.ToString());
    }

    [Theory]
    [InlineData("")] // a put
    [InlineData(".meta")] // a removal
    public async Task A_sweep_removes_what_the_dead_left_beside_an_object_that_never_came_or_is_gone(string folder)
    {
        await PutAsync(Key, "a photo", WithCrop);
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);
        File.Delete(_folder.PathOf(ThumbnailKey.ToString()));
        foreach (ImageKey key in new[] { Key, ThumbnailKey })
        {
            await File.WriteAllTextAsync(_folder.PathOf(folder, Marks.PartialOf(Marks.Gone, key)), "half a pho");
        }

        _storage.Sweep().Should().Be(new Swept(2));

        _folder.Entries.Should().Equal(".meta", $".meta/{Key}.json", Key.ToString());
    }

    [Fact]
    public async Task What_is_being_written_is_named_after_its_object_for_a_sweep_after_a_crash()
    {
        TaskCompletionSource goOn = new();
        await using StoppingStream content = new(new byte[300_000], stopAt: 200_000) { AtStop = _ => goOn.Task };
        Task put = _storage.PutAsync(Key, content, ImageProperties.None, None);
        await content.Stopped;

        _folder.Entries.Should().ContainSingle().Which.Should().StartWith(".partial-").And.EndWith($"~{Key}");

        goOn.SetResult();
        await put;
    }

    [Fact]
    public async Task There_is_a_note_of_what_is_being_removed_for_a_sweep_after_a_crash()
    {
        await PutAsync(ThumbnailKey, "a thumbnail", WithRecipe);
        ConcurrentQueue<string?> made = [];
        TaskCompletionSource removed = new();
        using FileSystemWatcher watcher = new(_folder.PathOf(".meta"));
        watcher.Created += (_, change) => made.Enqueue(change.Name);
        watcher.Deleted += (_, change) => _ = made.Contains(change.Name) && removed.TrySetResult();
        watcher.EnableRaisingEvents = true;

        await _storage.DeleteAsync(ThumbnailKey, None);

        await removed.Task.WaitAsync(TimeSpan.FromMinutes(1));
        made.Should().ContainSingle().Which.Should().StartWith(".partial-").And.EndWith($"~{ThumbnailKey}");
        _folder.Entries.Should().Equal(".meta");
    }

    [Fact]
    public void A_sweep_needs_no_hidden_folder()
    {
        _storage.Sweep().Should().Be(Swept.Nothing);
    }

    [Fact]
    public async Task A_sweep_leaves_what_a_living_process_writes_though_no_lock_is_seen()
    {
        // As on NFS and SMB, where .NET takes no lock for writers.
        string partial = _folder.PathOf(Marks.PartialOf(MakerMark.Own!));
        await File.WriteAllTextAsync(partial, "half a pho");

        _storage.Sweep().Should().Be(Swept.Nothing);

        File.Exists(partial).Should().BeTrue();
    }

    [Fact]
    public async Task A_sweep_leaves_what_another_host_wrote_until_it_is_a_day_old()
    {
        string partial = _folder.PathOf(Marks.PartialOf(Marks.Elsewhere));
        string unmarked = _folder.PathOf(".partial-0123456789abcdef0123456789abcdef");
        await File.WriteAllTextAsync(partial, "half a pho");
        await File.WriteAllTextAsync(unmarked, "of an older version");

        _storage.Sweep().Should().Be(Swept.Nothing);
        File.SetLastWriteTimeUtc(partial, Marks.MoreThanADayAgo);
        File.SetLastWriteTimeUtc(unmarked, Marks.MoreThanADayAgo);
        _storage.Sweep().Should().Be(new Swept(2));
    }

    [Fact]
    public async Task A_sweep_removes_what_another_container_left_where_locks_are_seen()
    {
        await File.WriteAllTextAsync(_folder.PathOf(Marks.PartialOf(Marks.OtherContainer)), "half a pho");

        _storage.Sweep().Should().Be(new Swept(1));
    }

    [FactThatMounts]
    public async Task A_sweep_goes_on_after_what_it_cannot_remove()
    {
        string[] partials = [.. Enumerable.Range(0, 3).Select(_ => _folder.PathOf(Marks.PartialOf(Marks.Gone)))];
        foreach (string partial in partials)
        {
            await File.WriteAllTextAsync(partial, "half a pho");
        }

        using BindMount inTheWay = new(partials[1], partials[1]); // nobody can remove it

        Swept swept = _storage.Sweep();

        swept.Should().BeEquivalentTo(new { Removed = 2, Stuck = 1 });
        swept.Trouble.Should().NotBeNull();
    }

    [NeedsToolFact("/usr/bin/flock")]
    public async Task A_sweep_leaves_what_another_process_writes_until_that_is_killed()
    {
        string partial = _folder.PathOf(Marks.PartialOf(Marks.OtherContainer));
        await File.WriteAllTextAsync(partial, "half a pho");
        using LockHolder writer = await LockHolder.StartAsync(partial);

        _storage.Sweep().Should().Be(Swept.Nothing);
        await writer.KillAsync();
        _storage.Sweep().Should().Be(new Swept(1));

        _folder.Entries.Should().BeEmpty();
    }

    [FactThatMounts]
    public async Task A_full_disk_is_told_as_such_and_leaves_nothing()
    {
        using SmallDisk disk = new(_folder.Path, "64k");
        await PutAsync(Key, new string('x', 20_000));
        Func<Task> act = () => PutAsync(ThumbnailKey, new string('x', 100_000), WithRecipe);

        StorageException fault = (await act.Should().ThrowAsync<StorageException>()).Which;
        fault.IsFull.Should().BeTrue();
        fault.Message.Should().Contain("no space is left on the disk");

        _folder.Entries.Should().Equal(Key.ToString());
        await _storage.DeleteAsync(Key, None);
        await PutAsync(ThumbnailKey, new string('x', 40_000), WithRecipe);
        _folder.Entries.Should().Equal(".meta", $".meta/{ThumbnailKey}.json", ThumbnailKey.ToString());
    }

    [FactThatMounts]
    public async Task A_file_that_cannot_be_removed_is_a_fault_of_one_object()
    {
        await PutAsync(Key, "a photo");
        await PutAsync(ThumbnailKey, "a thumbnail");
        string file = _folder.PathOf(Key.ToString());
        using BindMount inTheWay = new(file, file);
        Func<Task> remove = () => _storage.DeleteAsync(Key, None);
        Func<Task> replace = () => PutAsync(Key, "another");

        (await remove.Should().ThrowAsync<StorageException>()).Which.IsOfOneObject.Should().BeTrue();
        (await replace.Should().ThrowAsync<StorageException>()).Which.IsOfOneObject.Should().BeTrue();
        await _storage.DeleteAsync(ThumbnailKey, None);
        NoPartialFiles();
    }

    [Fact]
    public async Task A_folder_where_a_file_should_be_is_a_fault_of_one_object_and_a_missing_one_of_all()
    {
        PutFolderInTheWayOf(Key);
        Func<Task> act = () => PutAsync(Key, "a photo");

        (await act.Should().ThrowAsync<StorageException>()).Which.IsOfOneObject.Should().BeTrue();
        _folder.Folder.Delete(recursive: true);
        (await act.Should().ThrowAsync<StorageException>()).Which.IsOfOneObject.Should().BeFalse();
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead)]
    [UnsupportedOSPlatform("windows")]
    public async Task Files_have_the_mode_that_is_set(UnixFileMode mode)
    {
        FileSystemImageStorage storage = new("active", _folder.Folder, mode);
        using MemoryStream photo = new("a photo"u8.ToArray());

        await storage.PutAsync(Key, photo, WithCrop, None);

        File.GetUnixFileMode(_folder.PathOf(Key.ToString())).Should().Be(mode);
        File.GetUnixFileMode(MetaOf(Key)).Should().Be(mode);
        File.GetUnixFileMode(_folder.PathOf(".meta")).Should().Be(mode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute
            | (mode.HasFlag(UnixFileMode.OtherRead) ? UnixFileMode.OtherExecute : UnixFileMode.None));
    }

    private string MetaOf(ImageKey key) => _folder.PathOf(".meta", $"{key}.json");

    private void PutFolderInTheWayOf(ImageKey key)
    {
        File.Delete(_folder.PathOf(key.ToString()));
        Directory.CreateDirectory(_folder.PathOf(key.ToString()));
    }

    private void NoPartialFiles() => _folder.Entries.Should().NotContain(entry => entry.Contains(".partial-"));

    private async Task PutAsync(ImageKey key, string content, ImageProperties? properties = null)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(content));
        await _storage.PutAsync(key, stream, properties ?? ImageProperties.None, None);
    }
}
