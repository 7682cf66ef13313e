using System.Security.Cryptography;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing.Contracts;

/// <summary>What <see cref="IImageStorage"/> promises. Every adapter and every fake has a subclass of it.</summary>
public abstract class ImageStorageContract
{
    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly ImageKey ThumbnailKey = ImageKey.Parse("1475660224_0882910455MI.jpg");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Lazy<IImageStorage> _incoming;
    private readonly Lazy<IImageStorage> _active;

    protected ImageStorageContract()
    {
        _incoming = new Lazy<IImageStorage>(() => CreateStorage("incoming"));
        _active = new Lazy<IImageStorage>(() => CreateStorage("active"));
    }

    protected IImageStorage Incoming => _incoming.Value;

    protected IImageStorage Active => _active.Value;

    /// <returns>An empty storage; called once per name and test.</returns>
    protected abstract IImageStorage CreateStorage(string name);

    [SkippableFact]
    public async Task Knows_nothing_of_what_was_never_put()
    {
        (await Incoming.FindAsync(Key, None)).Should().BeNull();
        (await ListAsync(Incoming)).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Replaces_what_is_kept_beside_an_object_and_leaves_its_content()
    {
        await PutAsync(Active, Key, "a photo");

        await Active.SetPropertiesAsync(Key, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None);
        (await Active.FindAsync(Key, None))!.Properties.Should().Be(new ImageProperties(Crop: CropArea.Parse("10x10+0+0")));
        (await ReadAsync(Active, Key)).Should().Be("a photo");

        await Active.SetPropertiesAsync(Key, ImageProperties.None, None);
        (await Active.FindAsync(Key, None))!.Properties.Should().Be(ImageProperties.None);
    }

    [SkippableFact]
    public async Task Keeps_nothing_beside_what_is_not_there()
    {
        Func<Task> act = () => Active.SetPropertiesAsync(Key, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None);

        await act.Should().ThrowAsync<ImageNotFoundException>();
        (await Active.FindAsync(Key, None)).Should().BeNull();
    }

    [SkippableFact]
    public async Task A_copy_can_have_other_properties_than_its_source()
    {
        await PutAsync(Incoming, Key, "a photo");

        await Active.CopyFromAsync(Incoming, Key, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None);

        (await Active.FindAsync(Key, None))!.Properties.Crop.Should().Be(CropArea.Parse("10x10+0+0"));
        (await Incoming.FindAsync(Key, None))!.Properties.Crop.Should().BeNull();
    }

    [SkippableFact]
    public async Task Opening_what_is_not_there_says_so()
    {
        Func<Task> act = () => Incoming.OpenReadAsync(Key, None);

        (await act.Should().ThrowAsync<ImageNotFoundException>()).Which.Key.Should().Be(Key);
    }

    [SkippableFact]
    public async Task Deleting_what_is_not_there_does_nothing()
    {
        await PutAsync(Incoming, Key, "a photo");

        await Incoming.DeleteAsync(ThumbnailKey, None);

        (await ReadAsync(Incoming, Key)).Should().Be("a photo");
    }

    [SkippableFact]
    public async Task Gives_back_what_was_put()
    {
        await PutAsync(Incoming, Key, "a photo");

        (await ReadAsync(Incoming, Key)).Should().Be("a photo");
        (await Incoming.FindAsync(Key, None))!.Should().BeEquivalentTo(new { Key, Bytes = 7L, Properties = ImageProperties.None });
    }

    [SkippableFact]
    public async Task Gives_back_what_is_larger_than_any_buffer()
    {
        byte[] content = RandomNumberGenerator.GetBytes(1_000_003);

        await PutAsync(Incoming, Key, content);

        (await ReadBytesAsync(Incoming, Key)).Should().Equal(content);
    }

    [SkippableFact]
    public async Task Keeps_what_is_empty()
    {
        await PutAsync(Incoming, Key, "");

        (await ReadAsync(Incoming, Key)).Should().BeEmpty();
        (await Incoming.FindAsync(Key, None))!.Bytes.Should().Be(0);
    }

    [SkippableFact]
    public async Task Tells_the_same_of_an_object_when_it_is_found_opened_and_listed()
    {
        await PutAsync(Incoming, Key, "a photo", new ImageProperties(Crop: CropArea.Parse("1x2+3+4")));

        StoredImage found = (await Incoming.FindAsync(Key, None))!;
        await using OpenedImage opened = await Incoming.OpenReadAsync(Key, None);

        opened.Facts.Should().Be(found);
        (await ListAsync(Incoming)).Should().Equal(new ListedImage(Key, found.Bytes, found.WrittenAt));
    }

    [SkippableFact]
    public async Task Tells_its_two_storages_apart()
    {
        await PutAsync(Incoming, Key, "a photo");

        (await Active.FindAsync(Key, None)).Should().BeNull();
    }

    [SkippableFact]
    public async Task Tells_keys_apart_that_differ_little()
    {
        string[] names = ["1475660224_088.jpg", "1475660224_88.jpg", "1475660224_88.png", "1475660224_88BI.jpg", "1475660224_88bi.jpg", "A.jpg", "a.jpg"];
        foreach (string name in names)
        {
            await PutAsync(Incoming, ImageKey.Parse(name), name);
        }

        foreach (string name in names)
        {
            (await ReadAsync(Incoming, ImageKey.Parse(name))).Should().Be(name);
        }

        (await ListAsync(Incoming)).Should().HaveCount(names.Length);
    }

    [SkippableFact]
    [Trait("fault", "c2c-1")]
    public async Task Takes_the_names_of_older_sites()
    {
        ImageKey[] keys = [ImageKey.Parse("1475660224_7.jpg"), ImageKey.Parse(new string('x', 200) + ".svg"), ImageKey.Parse("-_.a..b.gif")];
        foreach (ImageKey key in keys)
        {
            await PutAsync(Incoming, key, "old", new ImageProperties(Crop: CropArea.Parse("1x2+3+4")));
            await Active.CopyFromAsync(Incoming, key, null, None);
        }

        (await ListAsync(Active)).Select(image => image.Key).Should().BeEquivalentTo(keys);
    }

    [SkippableFact]
    public async Task Replaces_an_object_of_the_same_key()
    {
        await PutAsync(Incoming, Key, "a long old photo");

        await PutAsync(Incoming, Key, "a new one");

        (await ReadAsync(Incoming, Key)).Should().Be("a new one");
        (await ListAsync(Incoming)).Should().ContainSingle().Which.Bytes.Should().Be(9);
    }

    [SkippableFact]
    public async Task Changes_the_etag_with_the_content()
    {
        List<string> etags = [];
        foreach (string content in new[] { "photo 1", "photo 2", "photo 3", "photo 4", "photo 5" })
        {
            await PutAsync(Incoming, Key, content);
            etags.Add((await Incoming.FindAsync(Key, None))!.ETag);
        }

        etags.Should().OnlyHaveUniqueItems().And.AllSatisfy(etag => etag.Should().NotBeEmpty().And.NotContain("\""));
        (await Incoming.FindAsync(Key, None))!.ETag.Should().Be(etags[^1], "it stays while the content does");
    }

    [SkippableFact]
    public async Task Keeps_recipe_and_crop_beside_an_object()
    {
        await PutAsync(Incoming, ThumbnailKey, "a thumbnail", new ImageProperties(Recipe: "0123456789abcdef"));
        await PutAsync(Incoming, Key, "a photo", new ImageProperties(Crop: CropArea.Parse("1x2+3+4")));

        (await PropertiesAsync(Incoming, ThumbnailKey)).Should().Be(new ImageProperties("0123456789abcdef", Crop: null));
        (await PropertiesAsync(Incoming, Key)).Should().Be(new ImageProperties(Recipe: null, CropArea.Parse("1x2+3+4")));
    }

    [SkippableFact]
    public async Task Keeps_recipe_and_crop_together()
    {
        await PutAsync(Incoming, Key, "a photo", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));

        (await PropertiesAsync(Incoming, Key)).Should().Be(new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));
    }

    [SkippableTheory]
    [InlineData(null, null)]
    [InlineData("fedcba9876543210", null)]
    [InlineData(null, "5x6-7+8")]
    public async Task Replaces_recipe_and_crop_with_the_object(string? recipe, string? crop)
    {
        ImageProperties properties = new(recipe, crop is null ? null : CropArea.Parse(crop));
        await PutAsync(Incoming, Key, "a photo", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));

        await PutAsync(Incoming, Key, "another", properties);

        (await PropertiesAsync(Incoming, Key)).Should().Be(properties);
    }

    [SkippableFact]
    public async Task Lists_every_image_once_by_pages_in_each_order()
    {
        string[] names = ["1.jpg", "1BI.jpg", "-x.jpg", "1475660224_7.jpg", "1475660224_7-.png", "1475660224_77.jpg", "1475660225_7.svg", "A.b.jpg", "Z.gif", "_.jpg", "z.jpg"];
        foreach (string name in names.Concat(["1475660224_7BI.jpg", "1475660224_7BI.webp", "1475660225_7BI.jpg", "zBI.jpg"]))
        {
            await PutAsync(Active, ImageKey.Parse(name), name);
        }

        foreach (ListOrder order in Active.Orders)
        {
            foreach (int limit in new[] { 1, 2, 3, 10, 11, 50 })
            {
                List<ListedGroup> all = [];
                ListPosition? start = null;
                do
                {
                    ListedPage page = await Active.ListPageAsync(PageOf(order, limit) with { Start = start }, None);
                    page.Objects.Count.Should().BeLessThanOrEqualTo(limit);
                    all.AddRange(page.Objects);
                    start = page.Next;
                }
                while (start is not null);

                string[] expected = [.. names.Where(name => !name.Contains("BI", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
                string[] listed = [.. all.Select(group => $"{group.Image.Key}")];
                if (order == ListOrder.Name)
                {
                    listed.Should().Equal(expected, "{0} at a time", limit);
                }
                else
                {
                    listed.Should().BeEquivalentTo(expected);
                    listed[^4..].Should().Equal("1475660225_7.svg", "1475660224_77.jpg", "1475660224_7.jpg", "1475660224_7-.png");
                }

                all.Where(group => group.Others.Count > 0).Select(group => $"{group.Image.Key}: {string.Join(" ", group.Others.Select(one => one.Key))}").Should().BeEquivalentTo(
                    "1.jpg: 1BI.jpg", "1475660224_7.jpg: 1475660224_7BI.jpg 1475660224_7BI.webp", "1475660225_7.svg: 1475660225_7BI.jpg", "z.jpg: zBI.jpg");
                all.Select(group => group.Image).Should().OnlyContain(image => image.Bytes == image.Key.ToString().Length && image.WrittenAt > DateTimeOffset.UnixEpoch);
            }
        }
    }

    [SkippableTheory]
    [InlineData("1475660224_7.jpg", false, "1475660225_7.jpg")]
    [InlineData("1475660224_7.jpg", true, "1475660224_7.jpg")]
    [InlineData("1475660224", true, "1475660224_7.jpg")]
    [InlineData("1475660224_7BI.jpg", false, "1475660225_7.jpg")]
    [InlineData("1475660225_7.jp", true, "1475660225_7.jpg")]
    [InlineData("1475660225_7.jpg", false, null)]
    [InlineData("z", true, null)]
    [InlineData("-", true, "1475660224_7.jpg")]
    public async Task Lists_from_any_name_on(string name, bool including, string? first)
    {
        foreach (string one in new[] { "1475660224_7.jpg", "1475660224_7BI.jpg", "1475660225_7.jpg" })
        {
            await PutAsync(Active, ImageKey.Parse(one), one);
        }

        ListedPage page = await Active.ListPageAsync(PageOf(ListOrder.Name, 5) with { Start = new ListPosition(name, default), IncludesStart = including }, None);

        page.Objects.Select(group => group.Image.Key.ToString()).FirstOrDefault().Should().Be(first);
        page.Next.Should().BeNull();
    }

    private static ListPage PageOf(ListOrder order, int limit) => new(
        order,
        limit,
        key => !key.Stem.EndsWith("BI", StringComparison.Ordinal) && key.Format.IsUploaded,
        key => new[] { key.Format.ThumbnailFormat, ImageFormat.WebP }.Select(format => key.Thumbnail("BI", format)));

    [SkippableFact]
    public async Task Removes_an_object()
    {
        await PutAsync(Incoming, Key, "a photo", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));
        await PutAsync(Incoming, ThumbnailKey, "a thumbnail");

        await Incoming.DeleteAsync(Key, None);

        (await Incoming.FindAsync(Key, None)).Should().BeNull();
        (await ListAsync(Incoming)).Should().ContainSingle().Which.Key.Should().Be(ThumbnailKey);
    }

    [SkippableFact]
    public async Task Removes_many_objects_and_bears_that_some_are_not_there()
    {
        ImageKey[] keys = [.. Enumerable.Range(0, 30).Select(i => ImageKey.Parse($"1475660224_{i}.jpg"))];
        await Task.WhenAll(keys.Where((_, i) => i % 2 == 0).Select(key => PutAsync(Incoming, key, "a photo", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")))));
        await PutAsync(Incoming, Key, "another");

        await Incoming.DeleteAllAsync(keys, None);
        await Incoming.DeleteAllAsync(keys, None);
        await Incoming.DeleteAllAsync([], None);

        (await ListAsync(Incoming)).Should().ContainSingle().Which.Key.Should().Be(Key);
    }

    [SkippableFact]
    public async Task Puts_what_stands_from_the_current_position_on()
    {
        using MemoryStream content = new("not this: a photo"u8.ToArray());
        content.Position = 10;

        await Incoming.PutAsync(Key, content, ImageProperties.None, None);

        (await ReadAsync(Incoming, Key)).Should().Be("a photo");
    }

    [SkippableFact]
    public async Task Leaves_the_stream_open_that_it_stored()
    {
        using MemoryStream content = new("a photo"u8.ToArray());

        await Incoming.PutAsync(Key, content, ImageProperties.None, None);

        content.CanRead.Should().BeTrue();
    }

    [SkippableFact]
    public async Task A_put_whose_stream_fails_leaves_nothing()
    {
        await using StoppingStream content = StoppingStream.Failing(new byte[300_000], stopAt: 200_000);
        Func<Task> act = () => Incoming.PutAsync(Key, content, new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")), None);

        await act.Should().ThrowAsync<Exception>();
        (await Incoming.FindAsync(Key, None)).Should().BeNull();
        (await ListAsync(Incoming)).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task A_put_whose_stream_fails_leaves_the_old_object()
    {
        await PutAsync(Incoming, Key, "a photo", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));
        StoredImage before = (await Incoming.FindAsync(Key, None))!;
        await using StoppingStream content = StoppingStream.Failing(new byte[300_000], stopAt: 200_000);
        Func<Task> act = () => Incoming.PutAsync(Key, content, new ImageProperties("fedcba9876543210"), None);

        await act.Should().ThrowAsync<Exception>();
        (await Incoming.FindAsync(Key, None)).Should().Be(before);
        (await ReadAsync(Incoming, Key)).Should().Be("a photo");
    }

    [SkippableFact]
    public async Task An_object_that_is_being_put_is_not_there_yet()
    {
        TaskCompletionSource goOn = new();
        await using StoppingStream content = new(new byte[300_000], stopAt: 200_000) { AtStop = _ => goOn.Task };
        Task put = Incoming.PutAsync(Key, content, ImageProperties.None, None);
        await content.Stopped;

        (await Incoming.FindAsync(Key, None)).Should().BeNull();
        (await ListAsync(Incoming)).Should().BeEmpty();

        goOn.SetResult();
        await put;
        (await Incoming.FindAsync(Key, None))!.Bytes.Should().Be(300_000);
    }

    [SkippableFact]
    public async Task Parallel_puts_of_one_key_end_with_one_of_them_whole()
    {
        byte[][] contents = [.. Enumerable.Range(1, 12).Select(i => Enumerable.Repeat((byte)i, 50_000 + i).ToArray())];

        await Task.WhenAll(contents.Select(content => PutAsync(Incoming, Key, content, new ImageProperties($"recipe {content[0]}"))));

        byte[] stored = await ReadBytesAsync(Incoming, Key);
        stored.Should().Equal(contents[stored[0] - 1]);
        (await ListAsync(Incoming)).Should().ContainSingle().Which.Bytes.Should().Be(stored.Length);
    }

    [SkippableFact]
    public async Task Parallel_deletes_of_one_key_all_succeed()
    {
        await PutAsync(Incoming, Key, "a photo", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Incoming.DeleteAsync(Key, None))));

        (await Incoming.FindAsync(Key, None)).Should().BeNull();
    }

    [SkippableFact]
    public async Task Of_parallel_puts_one_is_left_with_its_own_recipe()
    {
        for (int round = 0; round < 5; round++)
        {
            byte[][] contents = [.. Enumerable.Range(1, 8).Select(i => Enumerable.Repeat((byte)i, 5_000).ToArray())];

            await Task.WhenAll(contents.Select(content => Task.Run(() => PutAsync(Active, ThumbnailKey, content, new ImageProperties($"recipe {content[0]}")))));

            await using OpenedImage left = await Active.OpenReadAsync(ThumbnailKey, None);
            left.Facts.Properties.Recipe.Should().Be($"recipe {(await ReadBytesAsync(left))[0]}");
        }
    }

    [SkippableFact]
    public async Task What_is_put_again_while_it_is_removed_has_its_recipe_or_is_gone()
    {
        for (int round = 0; round < 100; round++)
        {
            await PutAsync(Active, ThumbnailKey, "a thumbnail", new ImageProperties("0123456789abcdef"));
            await Task.WhenAll(
                Task.Run(() => Active.DeleteAsync(ThumbnailKey, None)),
                Task.Run(() => PutAsync(Active, ThumbnailKey, "a thumbnail", new ImageProperties("0123456789abcdef"))));

            (await Active.FindAsync(ThumbnailKey, None) is null or { Properties.Recipe: not null }).Should().BeTrue("in round {0}", round);
        }
    }

    [SkippableFact]
    public async Task Whatever_meets_at_one_image_succeeds_or_does_not_find_it()
    {
        ImageKey[] keys = [ThumbnailKey, Key];
        Func<Task>[] deeds =
        [
            () => PutAsync(Incoming, Key, "an original"),
            () => Active.CopyFromAsync(Incoming, Key, null, None),
            () => Active.CopyFromAsync(Incoming, Key, null, None),
            () => Active.SetPropertiesAsync(Key, new ImageProperties(Crop: CropArea.Parse("10x10+0+0")), None),
            () => Active.FindAsync(Key, None),
            () => Incoming.DeleteAllAsync(keys, None),
            () => Incoming.DeleteAllAsync(keys, None),
            () => Active.DeleteAllAsync(keys, None),
            () => Active.DeleteAsync(Key, None),
        ];
        for (int round = 0; round < 20; round++)
        {
            foreach (ImageKey key in keys)
            {
                await PutAsync(Incoming, key, "an original");
                await PutAsync(Active, key, "an original");
            }

            await Task.WhenAll(deeds.Select(deed => Task.Run(async () =>
            {
                try
                {
                    await deed();
                }
                catch (ImageNotFoundException)
                {
                    // Another request has removed it.
                }
            })));
        }
    }

    [SkippableFact]
    public async Task A_copy_of_a_newer_content_does_not_get_the_recipe_of_the_one_that_was_found()
    {
        await PutAsync(Incoming, ThumbnailKey, "a thumbnail", new ImageProperties("0123456789abcdef"));
        ImageProperties found = await PropertiesAsync(Incoming, ThumbnailKey);
        await PutAsync(Incoming, ThumbnailKey, "another thumbnail", new ImageProperties("fedcba9876543210"));

        await Active.CopyFromAsync(Incoming, ThumbnailKey, found, None);

        (await ReadAsync(Active, ThumbnailKey)).Should().Be("another thumbnail");
        (await PropertiesAsync(Active, ThumbnailKey)).Recipe.Should().BeOneOf([null, "fedcba9876543210"], "with its own it is right, without one it is made anew");
    }

    [SkippableFact]
    public async Task A_recipe_that_was_found_is_not_set_beside_a_newer_content()
    {
        await PutAsync(Active, ThumbnailKey, "a thumbnail", new ImageProperties("0123456789abcdef"));
        ImageProperties found = await PropertiesAsync(Active, ThumbnailKey);
        await Active.SetPropertiesAsync(ThumbnailKey, found, None);
        (await PropertiesAsync(Active, ThumbnailKey)).Recipe.Should().Be("0123456789abcdef", "it is the same content");
        await PutAsync(Active, ThumbnailKey, "another thumbnail", new ImageProperties("fedcba9876543210"));

        await Active.SetPropertiesAsync(ThumbnailKey, found, None);

        (await PropertiesAsync(Active, ThumbnailKey)).Recipe.Should().BeNull();
    }

    [SkippableFact]
    public async Task A_copy_keeps_its_recipe_when_it_is_copied_on()
    {
        await PutAsync(Incoming, ThumbnailKey, "a thumbnail", new ImageProperties("0123456789abcdef"));
        await Active.CopyFromAsync(Incoming, ThumbnailKey, await PropertiesAsync(Incoming, ThumbnailKey), None);
        await Active.SetPropertiesAsync(ThumbnailKey, await PropertiesAsync(Active, ThumbnailKey), None);

        await Incoming.CopyFromAsync(Active, ThumbnailKey, await PropertiesAsync(Active, ThumbnailKey), None);

        (await PropertiesAsync(Incoming, ThumbnailKey)).Recipe.Should().Be("0123456789abcdef");
    }

    [SkippableFact]
    public async Task A_verified_copy_is_told()
    {
        await PutAsync(Incoming, Key, "a photo", new ImageProperties(Crop: CropArea.Parse("1x2+3+4")));
        await Active.CopyFromAsync(Incoming, Key, null, None);

        StoredImage copy = await Active.VerifyCopyAsync(Incoming, Key, None);

        copy.Should().Be(await Active.FindAsync(Key, None));
    }

    [SkippableFact]
    public async Task A_reader_keeps_its_content_while_the_object_is_replaced_and_removed()
    {
        byte[] old = RandomNumberGenerator.GetBytes(300_000);
        await PutAsync(Incoming, Key, old);
        await using OpenedImage first = await Incoming.OpenReadAsync(Key, None);
        await first.Content.ReadExactlyAsync(new byte[1000]);

        await PutAsync(Incoming, Key, "another");
        await using OpenedImage second = await Incoming.OpenReadAsync(Key, None);
        await Incoming.DeleteAsync(Key, None);

        (await ReadBytesAsync(first)).Should().Equal(old[1000..]);
        first.Facts.Bytes.Should().Be(300_000);
        Encoding.UTF8.GetString(await ReadBytesAsync(second)).Should().Be("another");
    }

    [SkippableFact]
    public async Task Lists_every_object_once()
    {
        ImageKey[] keys = [.. Enumerable.Range(0, 60).Select(i => ImageKey.Parse($"1475660224_{i}.jpg"))];
        await Task.WhenAll(keys.Select((key, i) => PutAsync(Incoming, key, new byte[i], new ImageProperties("0123456789abcdef"))));

        IReadOnlyList<ListedImage> listed = await ListAsync(Incoming);

        listed.Select(image => (image.Key, image.Bytes)).Should().BeEquivalentTo(keys.Select((key, i) => (key, (long)i)));
    }

    [SkippableFact]
    public async Task A_listing_bears_that_objects_vanish_meanwhile()
    {
        ImageKey[] keys = [.. Enumerable.Range(0, 20).Select(i => ImageKey.Parse($"1475660224_{i}.jpg"))];
        await Task.WhenAll(keys.Select(key => PutAsync(Incoming, key, "a photo")));

        int listed = 0;
        await foreach (ListedImage image in Incoming.ListAsync(None))
        {
            listed++;
            await Task.WhenAll(keys.Where(key => key != image.Key).Select(key => Incoming.DeleteAsync(key, None)));
        }

        listed.Should().BeInRange(1, 20);
        (await ListAsync(Incoming)).Should().HaveCountLessThanOrEqualTo(1);
    }

    [SkippableFact]
    public async Task Copies_an_object_with_recipe_and_crop()
    {
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        await PutAsync(Incoming, Key, content, new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));

        await Active.CopyFromAsync(Incoming, Key, null, None);

        (await ReadBytesAsync(Active, Key)).Should().Equal(content);
        (await PropertiesAsync(Active, Key)).Should().Be(new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));
        (await ReadBytesAsync(Incoming, Key)).Should().Equal(content, "copying takes nothing away");
    }

    [SkippableFact]
    public async Task A_copy_replaces_object_recipe_and_crop()
    {
        await PutAsync(Active, Key, "an older one", new ImageProperties("0123456789abcdef", CropArea.Parse("1x2+3+4")));
        await PutAsync(Incoming, Key, "a photo");

        await Active.CopyFromAsync(Incoming, Key, null, None);

        (await ReadAsync(Active, Key)).Should().Be("a photo");
        (await PropertiesAsync(Active, Key)).Should().Be(ImageProperties.None);
    }

    [SkippableFact]
    public async Task Copying_what_is_not_there_says_so_and_leaves_the_target()
    {
        await PutAsync(Active, Key, "an older one", new ImageProperties("0123456789abcdef"));
        Func<Task> known = () => Active.CopyFromAsync(Incoming, Key, null, None);
        Func<Task> unknown = () => Active.CopyFromAsync(Incoming, ThumbnailKey, null, None);

        (await known.Should().ThrowAsync<ImageNotFoundException>()).Which.Key.Should().Be(Key);
        await unknown.Should().ThrowAsync<ImageNotFoundException>();
        (await ReadAsync(Active, Key)).Should().Be("an older one");
        (await PropertiesAsync(Active, Key)).Recipe.Should().Be("0123456789abcdef");
        (await ListAsync(Active)).Should().ContainSingle();
    }

    [SkippableFact]
    public async Task Parallel_copies_of_one_key_all_succeed()
    {
        byte[] content = RandomNumberGenerator.GetBytes(200_000);
        await PutAsync(Incoming, Key, content, new ImageProperties("0123456789abcdef"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Active.CopyFromAsync(Incoming, Key, null, None))));

        (await ReadBytesAsync(Active, Key)).Should().Equal(content);
        await Active.VerifyCopyAsync(Incoming, Key, None);
    }

    [SkippableFact]
    public async Task Accepts_a_copy_that_is_equal()
    {
        await PutAsync(Incoming, Key, RandomNumberGenerator.GetBytes(300_000));
        await Active.CopyFromAsync(Incoming, Key, null, None);
        Func<Task> act = () => Active.VerifyCopyAsync(Incoming, Key, None);

        await act.Should().NotThrowAsync();
    }

    [SkippableTheory]
    [InlineData(300_000, 299_999, -1)] // shorter
    [InlineData(300_000, 300_001, -1)] // longer
    [InlineData(300_000, 300_000, 0)] // first byte
    [InlineData(300_000, 300_000, 299_999)] // last byte, past any buffer
    public async Task Finds_a_copy_that_differs(int bytes, int copyBytes, int changedAt)
    {
        byte[] content = new byte[bytes];
        byte[] copy = new byte[copyBytes];
        if (changedAt >= 0)
        {
            copy[changedAt] = 1;
        }

        await PutAsync(Incoming, Key, content);
        await PutAsync(Active, Key, copy);
        Func<Task> act = () => Active.VerifyCopyAsync(Incoming, Key, None);

        (await act.Should().ThrowAsync<StorageException>()).Which.IsFull.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Takes_no_object_for_a_copy_of_itself()
    {
        await PutAsync(Active, Key, "a photo");
        Func<Task> act = () => Active.VerifyCopyAsync(Active, Key, None);

        await act.Should().ThrowAsync<StorageException>();
    }

    [SkippableFact]
    public async Task Verifying_against_what_is_not_there_says_so()
    {
        Func<Task> act = () => Active.VerifyCopyAsync(Incoming, Key, None);

        await PutAsync(Incoming, Key, "a photo");
        await act.Should().ThrowAsync<ImageNotFoundException>("there is no copy");

        await PutAsync(Active, Key, "a photo");
        await Incoming.DeleteAsync(Key, None);
        await act.Should().ThrowAsync<ImageNotFoundException>("there is no source");
    }

    [SkippableFact]
    public async Task Does_nothing_when_cancelled_before()
    {
        CancellationToken cancelled = new(canceled: true);
        await PutAsync(Incoming, Key, "a photo");
        await PutAsync(Active, ThumbnailKey, "a thumbnail");
        using MemoryStream content = new("another"u8.ToArray());
        Dictionary<string, Func<Task>> calls = new()
        {
            ["find"] = () => Incoming.FindAsync(Key, cancelled),
            ["open"] = () => Incoming.OpenReadAsync(Key, cancelled),
            ["put"] = () => Incoming.PutAsync(Key, content, ImageProperties.None, cancelled),
            ["copy"] = () => Active.CopyFromAsync(Incoming, Key, null, cancelled),
            ["verify"] = () => Active.VerifyCopyAsync(Incoming, Key, cancelled),
            ["delete"] = () => Active.DeleteAsync(ThumbnailKey, cancelled),
            ["delete all"] = () => Active.DeleteAllAsync([ThumbnailKey], cancelled),
            ["list"] = async () =>
            {
                await foreach (ListedImage image in Incoming.ListAsync(cancelled))
                {
                    image.Should().BeNull("the listing was cancelled");
                }
            },
        };

        foreach ((string name, Func<Task> call) in calls)
        {
            await call.Should().ThrowAsync<OperationCanceledException>(name);
        }

        (await ReadAsync(Incoming, Key)).Should().Be("a photo");
        (await ListAsync(Active)).Should().ContainSingle().Which.Key.Should().Be(ThumbnailKey);
    }

    [SkippableFact]
    public async Task A_put_that_is_cancelled_midway_leaves_the_old_object()
    {
        using CancellationTokenSource cancel = new();
        await PutAsync(Incoming, Key, "a photo", new ImageProperties("0123456789abcdef"));
        await using StoppingStream content = new(new byte[300_000], stopAt: 200_000)
        {
            AtStop = token => cancel.CancelAsync().ContinueWith(_ => token.ThrowIfCancellationRequested(), TaskScheduler.Default),
        };
        Func<Task> act = () => Incoming.PutAsync(Key, content, ImageProperties.None, cancel.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        (await ReadAsync(Incoming, Key)).Should().Be("a photo");
        (await PropertiesAsync(Incoming, Key)).Recipe.Should().Be("0123456789abcdef");
    }

    protected static Task PutAsync(IImageStorage storage, ImageKey key, string content, ImageProperties? properties = null) =>
        PutAsync(storage, key, Encoding.UTF8.GetBytes(content), properties);

    protected static async Task PutAsync(IImageStorage storage, ImageKey key, byte[] content, ImageProperties? properties = null)
    {
        using MemoryStream stream = new(content, writable: false);
        await storage.PutAsync(key, stream, properties ?? ImageProperties.None, None);
    }

    protected static async Task<string> ReadAsync(IImageStorage storage, ImageKey key) =>
        Encoding.UTF8.GetString(await ReadBytesAsync(storage, key));

    protected static async Task<IReadOnlyList<ListedImage>> ListAsync(IImageStorage storage)
    {
        List<ListedImage> images = [];
        await foreach (ListedImage image in storage.ListAsync(None))
        {
            images.Add(image);
        }

        return images;
    }

    protected static async Task<ImageProperties> PropertiesAsync(IImageStorage storage, ImageKey key) =>
        (await storage.FindAsync(key, None))!.Properties;

    private static async Task<byte[]> ReadBytesAsync(IImageStorage storage, ImageKey key)
    {
        await using OpenedImage opened = await storage.OpenReadAsync(key, None);
        return await ReadBytesAsync(opened);
    }

    private static async Task<byte[]> ReadBytesAsync(OpenedImage opened)
    {
        using MemoryStream content = new();
        await opened.Content.CopyToAsync(content);
        return content.ToArray();
    }
}
