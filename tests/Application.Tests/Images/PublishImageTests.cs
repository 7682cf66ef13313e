using System.Text;
using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class PublishImageTests : IDisposable
{
    private const string Key = PublishedSet.Key;
    private const string Medium = PublishedSet.Stem + "MI.jpg";

    private readonly TestApp _app = new();

    /// <summary>What is in incoming and in active before a publish, by what may have left it so.</summary>
    public static TheoryData<string, string[], string[]> Beginnings => new()
    {
        { "an upload", PublishedSet.BaseKeys, [] },
        { "an upload with webp and avif", PublishedSet.AllKeys, [] },
        { "an upload of an older site that made fewer sizes", [Key, PublishedSet.Stem + "MI.jpg"], [] },
        { "an original alone", [Key], [] },
        { "a publish that was cut off early", PublishedSet.AllKeys, [PublishedSet.Stem + "BI.jpg", PublishedSet.Stem + "SI.webp"] },
        { "a publish that was cut off late", [Key], PublishedSet.AllKeys },
        { "a c2c publish that was cut off", [Key, PublishedSet.Stem + "SI.jpg"], [PublishedSet.Stem + "BI.jpg", PublishedSet.Stem + "MI.jpg"] },
        { "a site that published without one size", [], [Key, PublishedSet.Stem + "BI.jpg", PublishedSet.Stem + "SI.jpg"] },
    };

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_thumbnail_that_came_to_incoming_after_another_publish_cleared_it_is_cleared_too()
    {
        using TestApp app = new();
        string key = (await app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Jpeg())))).Key.ToString();
        (string Name, byte[] Content) late = app.Incoming.Keys.Where(name => name != key).Select(name => (name, app.Incoming.ContentOf(name))).First();
        await app.SendAsync(new PublishImage(key));
        app.Incoming.Seed(late.Name, late.Content);

        await app.SendAsync(new PublishImage(key));

        app.Incoming.Keys.Should().BeEmpty();
        app.Active.Keys.Should().HaveCount(4);
    }

    [Fact]
    public async Task An_original_that_came_to_incoming_while_another_publish_cleared_it_is_cleared_too()
    {
        using TestApp app = new();
        string key = (await app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Jpeg())))).Key.ToString();
        (string Name, byte[] Content)[] upload = [.. app.Incoming.Keys.Select(name => (name, app.Incoming.ContentOf(name)))];
        await app.SendAsync(new PublishImage(key));
        foreach ((string name, byte[] content) in upload)
        {
            app.Incoming.Seed(name, content);
        }

        string first = upload.First(one => one.Name != key).Name;
        app.Calls.BeforeCall = call =>
        {
            if (call == $"active copy {first}" && app.Incoming.Keys.Contains(first))
            {
                app.Incoming.Lose(first);
            }

            return Task.CompletedTask;
        };

        await app.SendAsync(new PublishImage(key));

        app.Incoming.Keys.Should().BeEmpty();
        app.Active.Keys.Should().HaveCount(4);
    }

    [Fact]
    public async Task Moves_the_original_and_every_thumbnail()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        _app.Incoming.Seed("1475660224_8829104550.jpg", "another's upload");

        PublishOutcome outcome = await _app.SendAsync(new PublishImage(Key));

        outcome.Should().Be(PublishOutcome.Published);
        _app.Active.ShouldHold(PublishedSet.AllKeys, "webp and avif are moved like all others");
        _app.Incoming.Keys.Should().Equal("1475660224_8829104550.jpg");
        _app.Processor.Decodes.Should().Be(0, "all that is needed was there");
    }

    [Fact]
    public async Task Keeps_the_crop_with_the_original()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        _app.Incoming.Seed(Key, PublishedSet.Photo, new ImageProperties(Crop: CropArea.Parse("100x100+0+0")));

        await _app.SendAsync(new PublishImage(Key));

        _app.Active.PropertiesOf(Key).Should().Be(new ImageProperties(Crop: CropArea.Parse("100x100+0+0")));
    }

    [Fact]
    public async Task Moves_a_drawing_with_its_thumbnails()
    {
        string[] keys = ["1_2.svg", "1_2BI.jpg", "1_2BI.webp", "1_2MI.jpg", "1_2SI.avif", "1_2SI.jpg"];
        foreach (string key in keys)
        {
            _app.Incoming.Seed(key, key);
        }

        (await _app.SendAsync(new PublishImage("1_2.svg"))).Should().Be(PublishOutcome.Published);

        _app.Active.Keys.Should().Equal(keys);
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Answers_the_same_when_sent_again()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        await _app.SendAsync(new PublishImage(Key));

        for (int i = 0; i < 2; i++)
        {
            (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.AlreadyPublished);
        }

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "nothing was to be done");
        _app.Processor.Decodes.Should().Be(0);
    }

    [Fact]
    public async Task Says_so_when_the_image_is_nowhere()
    {
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        (await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage($"There is no {Key} in incoming or active.")).Which.Key.ToString().Should().Be(Key);
    }

    [Fact]
    public async Task Thumbnails_alone_are_no_image()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys[1..]);
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        await act.Should().ThrowAsync<ImageNotFoundException>();
        _app.Active.Keys.Should().BeEmpty();
    }

    [Theory]
    [Trait("fault", "c2c-22")]
    [Trait("fault", "v6-1")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(PublishedSet.Stem + "BI.jpg")]
    [InlineData(PublishedSet.Stem + "SI.webp")]
    [InlineData(PublishedSet.Stem + ".webp")]
    [InlineData("../canary.jpg")]
    [InlineData("..%2Fcanary.jpg")]
    [InlineData("incoming/1_2.jpg")]
    [InlineData("1_2.jpg\n")]
    [InlineData("1_2.jpg\0")]
    [InlineData("1_2.jpeg")]
    public async Task Refuses_what_is_no_originals_key_before_any_storage_is_asked(string? key)
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        Func<Task> act = () => _app.SendAsync(new PublishImage(key));

        (await act.Should().ThrowAsync<ValidationException>()).Which.Errors.Should().ContainSingle().Which.ErrorCode.Should().Be("bad_key");
        _app.Calls.Log.Should().BeEmpty();
    }

    [Theory]
    [Trait("fault", "c2c-1")]
    [InlineData("1475660224_7.jpg")]
    [InlineData("1_0.png")]
    [InlineData("photo-of.the_hut.gif")]
    public async Task Takes_the_keys_of_older_sites(string key)
    {
        _app.Incoming.Seed(key, TestPictures.Jpeg());

        (await _app.SendAsync(new PublishImage(key))).Should().Be(PublishOutcome.Published);

        _app.Active.Keys.Should().HaveCount(4).And.Contain(key);
    }

    [Fact]
    public async Task Makes_missing_thumbnails_straight_into_active()
    {
        PublishedSet.Seed(_app.Incoming, Key, PublishedSet.Stem + "MI.jpg");

        await _app.SendAsync(new PublishImage(Key));

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "the missing two were made");
        Encoding.ASCII.GetString(_app.Active.ContentOf(PublishedSet.Stem + "MI.jpg")).Should().Be(PublishedSet.ContentOf(PublishedSet.Stem + "MI.jpg"), "it was there");
        _app.Processor.Decodes.Should().Be(1);
        _app.Calls.Log.Should().NotContain(call => call.StartsWith("incoming put"), "another publish may just have emptied it");
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task Completes_what_an_older_site_published()
    {
        PublishedSet.Seed(_app.Active, Key, PublishedSet.Stem + "BI.jpg", PublishedSet.Stem + "SI.jpg");

        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.AlreadyPublished);

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "one size was missing");
        _app.Calls.Log.Where(call => call.Contains(" put ")).Should().Equal($"active put {PublishedSet.Stem}MI.jpg");
    }

    [Fact]
    public async Task Publishes_no_original_whose_thumbnails_cannot_be_made()
    {
        _app.Incoming.Seed(Key, [.. TestPictures.Jpeg(), .. TestPictures.TruncatedMark]);
        _app.Incoming.Seed(PublishedSet.Stem + "MI.jpg", "a thumbnail");
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        await act.Should().ThrowAsync<InvalidImageException>();
        _app.Active.Keys.Should().NotContain(Key);
        _app.Incoming.Keys.Should().Equal(Key, PublishedSet.Stem + "MI.jpg");
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task The_original_comes_last_to_active_and_leaves_incoming_last()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        List<(string Call, int InActive, int InIncoming)> seen = [];
        _app.Calls.BeforeCall = call =>
        {
            if (call.EndsWith(" " + Key) && !call.StartsWith("marks"))
            {
                seen.Add((call, _app.Active.Keys.Count, _app.Incoming.Keys.Count));
            }

            return Task.CompletedTask;
        };

        await _app.SendAsync(new PublishImage(Key));

        seen.Should().Equal(
            ($"incoming find {Key}", 0, 10),
            ($"active find {Key}", 0, 10),
            ($"active copy {Key}", 9, 10),
            ($"active verify {Key}", 10, 10),
            ($"incoming delete {Key}", 10, 1));
    }

    [Theory]
    [InlineData(Key)]
    [InlineData(PublishedSet.Stem + "SI.jpg")]
    public async Task Deletes_nothing_when_a_copy_differs(string damaged)
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.AllKeys);
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"active verify {damaged}")
            {
                _app.Active.Seed(damaged, "bits that rotted");
            }

            return Task.CompletedTask;
        };
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        (await act.Should().ThrowAsync<StorageException>()).Which.Storage.Should().Be("active");
        _app.Incoming.ShouldHold(PublishedSet.AllKeys, "a source goes only after its copy was verified");

        _app.Calls.BeforeCall = null;
        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.Published);
        _app.Active.ShouldHold(PublishedSet.AllKeys, "sending it again heals it");
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    public async Task A_storage_that_fails_is_a_fault_and_not_an_unknown_image(string storage)
    {
        (storage == "incoming" ? _app.Incoming : _app.Active).IsBroken = true;
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        await act.Should().ThrowAsync<StorageException>().WithMessage($"The {storage} storage: it does not work.");
    }

    [Fact]
    public async Task An_upload_without_content_is_refused()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        _app.Incoming.Seed(Key, "");
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        (await act.Should().ThrowAsync<InvalidImageException>().WithMessage($"The image {Key} has no content; send it again.")).Which.Code.Should().Be("empty_file");
        _app.Active.Keys.Should().BeEmpty();
        _app.Incoming.Keys.Should().Equal(PublishedSet.BaseKeys);
    }

    [Theory]
    [InlineData("30x30+0+0", "20x20+0+0", "10x10+0+0", "30x30+0+0")]
    [InlineData(null, "20x20+0+0", "10x10+0+0", "20x20+0+0")] // of the publish that was cut off
    [InlineData(null, "20x20+0+0", null, "20x20+0+0")]
    [InlineData(null, null, "10x10+0+0", "10x10+0+0")]
    public async Task The_crop_is_the_one_that_is_sent_else_the_published_one_else_the_uploads(string? sent, string? published, string? uploaded, string expected)
    {
        foreach ((InMemoryImageStorage storage, string? crop) in new[] { (_app.Active, published), (_app.Incoming, uploaded) })
        {
            PublishedSet.Seed(storage, PublishedSet.BaseKeys);
            storage.Seed(Key, PublishedSet.Photo, new ImageProperties(Crop: crop is null ? null : CropArea.Parse(crop)));
        }

        await _app.SendAsync(new PublishImage(Key, sent));

        ShouldShow(CropArea.Parse(expected));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Processor.Decodes.Should().Be(1);
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_original_is_copied_has_published_nothing()
    {
        using CancellationTokenSource client = new();
        PublishedSet.Seed(_app.Incoming, Key);
        _app.Calls.BeforeCall = call => call.StartsWith("active put", StringComparison.Ordinal) ? client.CancelAsync() : Task.CompletedTask;
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key), client.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        _app.Active.Keys.Should().NotContain(Key);
        _app.Incoming.Keys.Should().Equal(Key);
    }

    [Fact]
    public async Task A_copy_that_is_damaged_once_is_made_again()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        Before($"active verify {Medium}", () => _app.Active.Seed(Medium, "bits that rotted", new ImageProperties(PublishedSet.RecipeOf(Medium))));

        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.Published);

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "it was copied again");
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_thumbnail_that_another_publish_put_there_with_its_crop_is_no_damage()
    {
        CropArea crop = CropArea.Parse("70x80+0+0");
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        string recipe = Recipe.Of(ThumbnailSet.Default.Specs[1], ImageFormat.Jpeg, crop);
        Before($"active verify {Medium}", () => _app.Active.Seed(Medium, "the crop", new ImageProperties(recipe)));

        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.Published);

        _app.Calls.Log.Should().ContainSingle(call => call == $"active copy {Medium}", "what another publish put there is not replaced by an older one");
        _app.Active.ShouldHold(PublishedSet.BaseKeys, "the other publish gave up: it noted no crop");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)] // it never gets one
    public async Task A_thumbnail_that_is_replaced_while_it_is_copied_gets_the_recipe_of_what_replaced_it(int looksUntilItHasOne)
    {
        ImageProperties properties = new(PublishedSet.RecipeOf(Medium));
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        int looks = 0;
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"active copy {Medium}" && looks == 0)
            {
                _app.Incoming.Seed(Medium, "replaced"); // a recipe is stored after what it describes
            }
            else if (call == $"active verify {Medium}" && ++looks == looksUntilItHasOne)
            {
                _app.Incoming.Seed(Medium, "replaced", properties);
            }

            return Task.CompletedTask;
        };

        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.Published);

        Encoding.ASCII.GetString(_app.Active.ContentOf(Medium)).Should().Be("replaced");
        _app.Active.PropertiesOf(Medium).Recipe.Should().Be(looksUntilItHasOne == 1 ? properties.Recipe : null);
        looks.Should().BeInRange(2, 10);
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task An_original_that_active_accepted_and_lost_is_a_fault_of_the_storage()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        Before($"active verify {Key}", () => _app.Active.Lose(Key));
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        await act.Should().ThrowAsync<StorageException>().WithMessage($"The active storage: {Key} was accepted there, but is not stored.");
        _app.Active.Keys.Should().BeEmpty("no thumbnails without their original");
        _app.Incoming.Keys.Should().Equal(PublishedSet.BaseKeys);
    }

    [Fact]
    public async Task An_image_that_is_deleted_meanwhile_and_put_back_into_incoming_is_not_published()
    {
        using TestApp other = _app.Beside();
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        Before($"active verify {Key}", async () =>
        {
            await other.SendAsync(new DeleteImages([Key]));
            _app.Incoming.Seed(Key, PublishedSet.Photo);
        });
        Func<Task> act = () => _app.SendAsync(new PublishImage(Key));

        await act.Should().ThrowAsync<ImageNotFoundException>();
        _app.Active.Keys.Should().BeEmpty();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("100x50+10+20", "50x100+2930+10")] // of 4000x3000
    public async Task An_image_that_is_turned_meanwhile_is_published_and_what_it_became_has_the_crop(string? crop, string? turned)
    {
        using TestApp other = _app.Beside();
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        ImageKey? made = null;
        Before($"active verify {Key}", async () => made = await other.SendAsync(new RotateImage(Key, "90")));

        (await _app.SendAsync(new PublishImage(Key, crop))).Should().Be(PublishOutcome.AlreadyPublished);

        _app.Active.Keys.Should().Equal([.. ThumbnailSet.Default.BaseKeysOf(made!).Prepend(made!).Select(key => key.ToString())]);
        _app.Active.PropertiesOf(made!.ToString()).Crop?.ToString().Should().Be(turned);
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_thumbnail_that_came_back_to_incoming_after_another_publish_is_cleared()
    {
        using TestApp other = _app.Beside();
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        Before($"active verify {Key}", async () =>
        {
            await other.SendAsync(new PublishImage(Key));
            PublishedSet.Seed(_app.Incoming, Medium);
        });

        (await _app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.AlreadyPublished);

        _app.Incoming.Keys.Should().BeEmpty();
        _app.Active.ShouldHold(PublishedSet.BaseKeys, "both published it");
    }

    [Fact]
    public async Task The_original_waits_in_incoming_for_webp_also_when_another_publish_came_between()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP]) };
        PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys);
        app.Calls.BeforeCall = call =>
        {
            if (call == $"active verify {Medium}")
            {
                app.Calls.BeforeCall = null;
                app.Incoming.Lose(Medium); // the other one is clearing incoming
            }

            return Task.CompletedTask;
        };

        (await app.SendAsync(new PublishImage(Key))).Should().Be(PublishOutcome.AlreadyPublished);

        app.Active.ShouldHold(PublishedSet.BaseKeys, "all of it is there");
        app.Incoming.Keys.Should().Contain(Key);
        app.Backlog.Waiting.Should().Equal(Key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crop_that_another_publish_has_noted_meanwhile_is_shown(bool withWebP)
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, withWebP ? [ImageFormat.WebP] : []) };
        PublishedSet.Seed(app.Incoming, [.. PublishedSet.BaseKeys, .. PublishedSet.ModernKeys]);
        app.Calls.BeforeCall = call =>
        {
            if (call != $"active copy {Key}")
            {
                return Task.CompletedTask;
            }

            app.Calls.BeforeCall = null;
            return app.Marks.SetAsync(MarkKind.Crop, ImageKey.Parse(Key), "70x80+0+0", CancellationToken.None);
        };

        await app.SendAsync(new PublishImage(Key));

        ShouldShow(CropArea.Parse("70x80+0+0"), app);
        app.Incoming.Keys.Should().Equal(withWebP ? [Key] : [], "its WebP are due if there are any");
        app.Backlog.Waiting.Should().Equal(withWebP ? [Key] : []);
    }

    [Fact]
    [Trait("fault", "c2c-3")]
    public async Task Four_at_once_of_each_of_fifty_keys_all_succeed_and_leave_one_whole_set()
    {
        string[] keys = [.. Enumerable.Range(0, 50).Select(i => $"1475660224_{i}.jpg")];
        foreach (string key in keys)
        {
            string stem = key[..^4];
            _app.Incoming.Seed(key, TestPictures.Jpeg(key));
            _app.Incoming.Seed(stem + "BI.jpg", key + "BI");
            _app.Incoming.Seed(stem + "SI.jpg", key + "SI"); // the third has to be made
        }

        PublishOutcome[] outcomes = await Task.WhenAll(
            from key in keys from _ in Enumerable.Range(0, 4) select Task.Run(() => _app.SendAsync(new PublishImage(key))));

        outcomes.Should().HaveCount(200).And.Contain(PublishOutcome.Published);
        _app.Incoming.Keys.Should().BeEmpty();
        IEnumerable<string> expected = from key in keys from suffix in new[] { "", "BI", "MI", "SI" } select $"{key[..^4]}{suffix}.jpg";
        _app.Active.Keys.Should().Equal(expected.Order(StringComparer.Ordinal));
        keys.Should().AllSatisfy(key => _app.Active.ContentOf(key).Should().Equal(TestPictures.Jpeg(key)));
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "c2c-3")]
    public async Task One_that_is_overtaken_at_any_call_succeeds_too()
    {
        await AtEveryCall(async (app, n) =>
        {
            PublishedSet.Seed(app.Incoming, PublishedSet.AllKeys);
            bool overtaken = await SendDuringAsync(app, n, other => other.SendAsync(new PublishImage(Key)));

            app.Active.ShouldHold(PublishedSet.AllKeys, $"overtaken at call {n}");
            app.Incoming.Keys.Should().BeEmpty($"overtaken at call {n}");
            return overtaken;
        });
    }

    [Fact]
    [Trait("fault", "c2c-5")]
    public async Task Deleting_it_meanwhile_at_any_call_leaves_nothing()
    {
        await AtEveryCall(async (app, n) =>
        {
            PublishedSet.Seed(app.Incoming, Key, PublishedSet.Stem + "MI.jpg", PublishedSet.Stem + "MI.webp");
            bool deleted = await SendDuringAsync(app, n, other => other.SendAsync(new DeleteImages([Key])));

            if (deleted)
            {
                app.Active.Keys.Should().BeEmpty($"deleted at call {n}");
                app.Incoming.Keys.Should().BeEmpty($"deleted at call {n}");
            }

            return deleted;
        });
    }

    [Fact]
    [Trait("fault", "c2c-5")]
    public async Task Deleting_it_while_a_published_image_is_completed_leaves_nothing()
    {
        await AtEveryCall(async (app, n) =>
        {
            PublishedSet.Seed(app.Active, Key, PublishedSet.Stem + "MI.jpg");
            bool deleted = await SendDuringAsync(app, n, other => other.SendAsync(new DeleteImages([Key])));

            if (deleted)
            {
                app.Active.Keys.Should().BeEmpty($"deleted at call {n}");
            }

            return deleted;
        });
    }

    [Theory]
    [Trait("fault", "c2c-22")]
    [Trait("fault", "v6-3")]
    [MemberData(nameof(Beginnings))]
    public async Task Cut_off_at_any_call_before_its_effect_and_sent_again_it_ends_whole(string after, string[] incoming, string[] active)
    {
        await CutOffEverywhereAsync(FaultMode.BeforeEffect, after, incoming, active);
    }

    [Theory]
    [Trait("fault", "c2c-22")]
    [Trait("fault", "v6-3")]
    [MemberData(nameof(Beginnings))]
    public async Task Cut_off_at_any_call_after_its_effect_and_sent_again_it_ends_whole(string after, string[] incoming, string[] active)
    {
        await CutOffEverywhereAsync(FaultMode.AfterEffect, after, incoming, active);
    }

    [Fact]
    public async Task Cut_off_twice_at_any_two_calls_it_still_ends_whole()
    {
        for (int first = 1; first <= 24; first += 3)
        {
            for (int second = 1; second <= 24; second += 5)
            {
                using TestApp app = new();
                PublishedSet.Seed(app.Incoming, PublishedSet.BaseKeys[..3]);
                await CutOffAsync(app, first, FaultMode.AfterEffect);
                await CutOffAsync(app, second, FaultMode.AfterEffect);

                await app.SendAsync(new PublishImage(Key));

                app.Active.ShouldHold(PublishedSet.BaseKeys, $"cut off at {first}, then at {second}");
                app.Incoming.Keys.Should().BeEmpty();
            }
        }
    }

    /// <summary>Does something once, before a call.</summary>
    private void Before(string at, Func<Task> work) => _app.Calls.BeforeCall = call =>
    {
        if (call != at)
        {
            return Task.CompletedTask;
        }

        _app.Calls.BeforeCall = null;
        return work();
    };

    private void Before(string at, Action work) => Before(at, () =>
    {
        work();
        return Task.CompletedTask;
    });

    private void ShouldShow(CropArea crop, TestApp? app = null)
    {
        InMemoryImageStorage active = (app ?? _app).Active;
        active.PropertiesOf(Key).Crop.Should().Be(crop);
        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            Encoding.ASCII.GetString(active.ContentOf($"{PublishedSet.Stem}{spec.Suffix}.jpg"))
                .Should().Be(FakeImageProcessor.ThumbnailOf(PublishedSet.Photo, spec.Suffix, ImageFormat.Jpeg, crop));
        }
    }

    private static async Task CutOffEverywhereAsync(FaultMode mode, string after, string[] incoming, string[] active)
    {
        string[] expected = [.. incoming.Concat(active).Concat(PublishedSet.BaseKeys).Distinct()];
        await AtEveryCall(async (app, n) =>
        {
            string because = $"cut off {mode} at call {n} after {after}";
            PublishedSet.Seed(app.Incoming, incoming);
            PublishedSet.Seed(app.Active, active);

            bool failed = await CutOffAsync(app, n, mode);

            app.Incoming.Keys.Concat(app.Active.Keys).Should().Contain(Key, because);
            if (app.Active.Keys.Contains(Key) && !active.Contains(Key))
            {
                app.Active.Keys.Should().Contain(PublishedSet.BaseKeys, "an original in active is a published image, " + because);
            }

            app.ScratchFiles.Should().BeEmpty(because);

            PublishOutcome outcome = await app.SendAsync(new PublishImage(Key));

            outcome.Should().BeDefined(because);
            app.Active.ShouldHold(expected, because);
            app.Incoming.Keys.Should().BeEmpty(because);
            return failed;
        });
    }

    private static async Task<bool> CutOffAsync(TestApp app, int n, FaultMode mode)
    {
        app.Calls.CutOffAt(n, mode);
        try
        {
            await app.SendAsync(new PublishImage(Key));
            app.Calls.HasFailed.Should().BeFalse("a call that failed is no success");
            return false;
        }
        catch (StorageException)
        {
            return true;
        }
        finally
        {
            app.Calls.Heal();
        }
    }

    /// <summary>Publishes, and lets another process do something from start to finish before the n-th call.</summary>
    /// <returns>Whether there was an n-th call.</returns>
    private static async Task<bool> SendDuringAsync(TestApp app, int n, Func<TestApp, Task> send)
    {
        using TestApp other = app.Beside();
        bool happened = false;
        app.Calls.BeforeCall = async _ =>
        {
            if (app.Calls.Count >= n && !happened)
            {
                happened = true;
                await send(other);
            }
        };
        try
        {
            await app.SendAsync(new PublishImage(Key));
        }
        catch (ImageNotFoundException)
        {
            // It was deleted; a publish of the same image must not get here.
            app.Active.Keys.Should().NotContain(Key);
        }

        return happened;
    }

    /// <summary>Runs a case on a fresh service for each n until it says that there is no n-th call.</summary>
    private static async Task AtEveryCall(Func<TestApp, int, Task<bool>> run)
    {
        int n = 0;
        bool happened;
        do
        {
            using TestApp app = new();
            happened = await run(app, ++n);
        }
        while (happened);

        n.Should().BeGreaterThan(4, "a publish makes several calls");
    }
}
