using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Modern;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>WebP and AVIF are made in the background: never lost, never brought back, and never in the way of anything else.</summary>
public sealed class ModernThumbnailTests : IDisposable
{
    private static readonly ThumbnailSet WithModern = new(ThumbnailSet.Default.Specs, [ImageFormat.WebP, ImageFormat.Avif]);

    private readonly TestApp _app = new() { Thumbnails = WithModern };

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_upload_asks_for_them_and_they_are_made_in_incoming()
    {
        ImageKey key = await UploadAsync();
        _app.Incoming.Keys.Should().HaveCount(4);

        _app.Backlog.Waiting.Should().Equal(key.ToString());
        (await _app.SendAsync(new MakeModernThumbnails(key))).Should().Be(ModernOutcome.Complete);

        _app.Incoming.Keys.Should().BeEquivalentTo(All(key));
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task They_are_published_along()
    {
        ImageKey key = await UploadAsync();
        await WorkAsync();

        await _app.SendAsync(new PublishImage(key.ToString()));

        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Backlog.Waiting.Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "c2c-4")]
    public async Task What_is_missing_at_publish_is_made_after_its_answer_and_the_original_waits_for_it_in_incoming()
    {
        ImageKey key = await UploadAsync();

        await _app.SendAsync(new PublishImage(key.ToString()));
        _app.Active.Keys.Should().BeEquivalentTo(Base(key));
        _app.Incoming.Keys.Should().Equal(key.ToString());

        await WorkAsync();
        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "c2c-4")]
    public async Task After_a_restart_the_reconciler_finds_what_was_in_the_queue()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));
        Forget(); // the process ends

        (await _app.SendAsync(new ReconcileIncoming())).Should().BeEquivalentTo(new Reconciled(Queued: 1, Published: 0, Unfinished: []));
        await WorkAsync();

        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "c2c-4")]
    public async Task Cut_off_anywhere_they_are_complete_after_the_next_start()
    {
        for (int n = 1; ; n++)
        {
            ImageKey key = await UploadAsync();
            await _app.SendAsync(new PublishImage(key.ToString()));
            _app.Calls.CutOffAt(n);
            try
            {
                await WorkAsync();
            }
            catch (StorageException)
            {
            }

            bool wasCut = _app.Calls.HasFailed;
            _app.Calls.Heal();
            Forget();
            await _app.SendAsync(new ReconcileIncoming());
            await WorkAsync();

            _app.Active.Keys.Should().Contain(All(key), "cut off at call {0}", n);
            _app.Incoming.Keys.Should().BeEmpty("cut off at call {0}", n);
            if (!wasCut)
            {
                n.Should().BeGreaterThan(20);
                return;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("fault", "c2c-5")]
    public async Task Deleting_the_image_meanwhile_brings_nothing_back(bool isPublished)
    {
        ImageKey key = await UploadAsync();
        if (isPublished)
        {
            await _app.SendAsync(new PublishImage(key.ToString()));
        }

        _app.Processor.DuringDecode = async () =>
        {
            _app.Processor.DuringDecode = null;
            await _app.SendAsync(new DeleteImages([key.ToString()]));
        };
        (await _app.SendAsync(new MakeModernThumbnails(key))).Should().Be(ModernOutcome.Gone);

        _app.Active.Keys.Should().BeEmpty();
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Calls.Log.Should().NotContain(call => IsPutOfModern(call), "a crash after it would leave a thumbnail of a deleted image");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("fault", "c2c-5")]
    public async Task A_delete_is_not_answered_while_they_are_being_stored(bool isPublished)
    {
        ImageKey key = await UploadAsync();
        if (isPublished)
        {
            await _app.SendAsync(new PublishImage(key.ToString()));
        }

        Task? delete = null;
        int answeredWithin = 0;
        _app.Calls.BeforeCall = async call =>
        {
            if (IsPutOfModern(call))
            {
                delete ??= _app.SendAsync(new DeleteImages([key.ToString()]));
                for (int i = 0; i < 20 && !delete.IsCompleted; i++)
                {
                    await Task.Delay(1);
                }

                // A process that ends here leaves this thumbnail behind.
                answeredWithin += delete.IsCompleted ? 1 : 0;
            }
        };
        await _app.SendAsync(new MakeModernThumbnails(key));
        await delete!;

        answeredWithin.Should().Be(0);
        _app.Active.Keys.Should().BeEmpty();
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "c2c-5")]
    public async Task Turning_the_image_meanwhile_brings_nothing_of_the_old_one_back()
    {
        ImageKey old = await UploadAsync();
        await _app.SendAsync(new PublishImage(old.ToString()));
        ImageKey? made = null;
        _app.Processor.DuringDecode = async () =>
        {
            _app.Processor.DuringDecode = null;
            made = await _app.SendAsync(new RotateImage(old.ToString(), "90"));
        };

        await WorkAsync();
        await WorkAsync();

        _app.Active.Keys.Should().BeEquivalentTo(All(made!));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Publishing_the_image_while_they_are_made_in_incoming_ends_with_all_in_active()
    {
        ImageKey key = await UploadAsync();
        _app.Processor.DuringDecode = async () =>
        {
            _app.Processor.DuringDecode = null;
            await _app.SendAsync(new PublishImage(key.ToString()));
        };

        await WorkAsync();

        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_format_that_fails_fails_nothing_else_and_the_publish_is_finished_without_it()
    {
        _app.Processor.Refused.Add(ImageFormat.Avif);
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));

        await WorkAsync();

        _app.Active.Keys.Should().BeEquivalentTo(All(key).Where(name => !name.EndsWith(".avif", StringComparison.Ordinal)));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Log.All.Should().Contain(line => line.Contains("No avif of", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("fault", "c2c-2")]
    public async Task A_drawing_has_them_too_and_is_published_at_the_first_try()
    {
        ImageKey key = await UploadAsync(TestPictures.Svg());
        await WorkAsync();

        (await _app.SendAsync(new PublishImage(key.ToString()))).Should().Be(PublishOutcome.Published);

        _app.Active.Keys.Should().BeEquivalentTo(
            key.ToString(),
            $"{key.Stem}BI.jpg", $"{key.Stem}BI.webp", $"{key.Stem}BI.avif",
            $"{key.Stem}MI.jpg", $"{key.Stem}MI.webp", $"{key.Stem}MI.avif",
            $"{key.Stem}SI.jpg", $"{key.Stem}SI.webp", $"{key.Stem}SI.avif");
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_at_publish_makes_them_anew()
    {
        ImageKey key = await UploadAsync();
        await WorkAsync();

        await _app.SendAsync(new PublishImage(key.ToString(), "100x100+0+0"));
        await WorkAsync();

        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        foreach (ImageFormat format in WithModern.ModernFormats)
        {
            System.Text.Encoding.ASCII.GetString(_app.Active.ContentOf($"{key.Stem}MI.{format}"))
                .Should().Be(FakeImageProcessor.ThumbnailOf(TestPictures.Jpeg(), "MI", format, CropArea.Parse("100x100+0+0")));
        }
    }

    [Fact]
    public async Task A_crop_that_is_set_when_they_are_done_makes_them_anew()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));
        _app.Backlog.TryTake(out _).Should().BeTrue(); // it waits only once
        using TestApp other = _app.Beside();
        _app.Calls.BeforeCall = async call =>
        {
            if (call == $"active verify {key}")
            {
                _app.Calls.BeforeCall = null;
                await other.SendAsync(new PublishImage(key.ToString(), "100x100+0+0"));
            }
        };

        await WorkAsync();

        _app.Calls.BeforeCall.Should().BeNull();
        System.Text.Encoding.ASCII.GetString(_app.Active.ContentOf($"{key.Stem}MI.webp"))
            .Should().Be(FakeImageProcessor.ThumbnailOf(TestPictures.Jpeg(), "MI", ImageFormat.WebP, CropArea.Parse("100x100+0+0")));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_that_is_set_while_they_are_made_makes_them_anew_at_once()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));
        using TestApp other = _app.Beside();
        _app.Processor.DuringDecode = async () =>
        {
            _app.Processor.DuringDecode = null;
            await other.SendAsync(new PublishImage(key.ToString(), "100x100+0+0"));
        };

        (await _app.SendAsync(new MakeModernThumbnails(key))).Should().Be(ModernOutcome.Complete);

        foreach (ImageFormat format in WithModern.ModernFormats)
        {
            System.Text.Encoding.ASCII.GetString(_app.Active.ContentOf($"{key.Stem}MI.{format}"))
                .Should().Be(FakeImageProcessor.ThumbnailOf(TestPictures.Jpeg(), "MI", format, CropArea.Parse("100x100+0+0")));
        }

        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_crop_that_never_stops_changing_does_not_keep_a_worker_for_ever()
    {
        ImageKey key = await UploadAsync();
        await _app.SendAsync(new PublishImage(key.ToString()));
        int changes = 0;
        _app.Processor.DuringDecode = () => _app.Active.SetPropertiesAsync(
            key, new ImageProperties(Crop: CropArea.Parse($"100x100+{++changes}+0")), CancellationToken.None);
        _app.Calls.BeforeCall = call =>
        {
            _app.Processor.DuringDecode = call == $"active verify {key}" ? null : _app.Processor.DuringDecode; // it has given up
            return Task.CompletedTask;
        };

        (await _app.SendAsync(new MakeModernThumbnails(key))).Should().Be(ModernOutcome.Complete);

        changes.Should().BeInRange(4, 40);
        _app.Backlog.Waiting.Should().Contain(key.ToString(), "they are made again later");
        _app.Incoming.Keys.Should().Contain(key.ToString());
    }

    [Fact]
    public async Task Those_that_are_still_in_incoming_are_copied_and_not_made_again()
    {
        ImageKey key = await UploadAsync();
        await WorkAsync();
        foreach (string one in Base(key))
        {
            _app.Active.Seed(one, _app.Incoming.ContentOf(one), _app.Incoming.PropertiesOf(one)); // a publish was cut off here
        }

        int decodes = _app.Processor.Decodes;

        (await _app.SendAsync(new MakeModernThumbnails(key))).Should().Be(ModernOutcome.Complete);

        _app.Processor.Decodes.Should().Be(decodes);
        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task The_reconciler_counts_images_and_not_their_thumbnails()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);

        (await _app.SendAsync(new ReconcileIncoming())).Should().BeEquivalentTo(new Reconciled(Queued: 1, Published: 0, Unfinished: []));

        _app.Backlog.Waiting.Should().Equal(PublishedSet.Key);
    }

    [Fact]
    public async Task A_publish_that_has_copied_a_thumbnail_just_now_is_at_work()
    {
        ImageKey key = await UploadAsync();
        _app.Active.Seed($"{key.Stem}BI.jpg", "copied by one that was cut off");
        _app.Time.Advance(TimeSpan.FromMinutes(11));
        _app.Active.Seed($"{key.Stem}SI.jpg", "copied by another one");
        _app.Time.Advance(TimeSpan.FromMinutes(9));

        (await _app.SendAsync(new ReconcileIncoming())).Published.Should().Be(0);
    }

    [Theory]
    [InlineData(false, 30, 10)] // the storage is at fault, and need not be asked about all of them
    [InlineData(true, 30, 30)]
    [InlineData(true, 1001, 1000)] // as many as are told
    public async Task Ten_faults_in_a_row_end_a_run_unless_each_is_one_images_own(bool isOfOneObject, int images, int told)
    {
        for (int i = 0; i < images; i++)
        {
            _app.Incoming.Seed($"1467039_{i}.jpg", "a photo");
        }

        StorageException fault = new("active", "it does not work.") { IsOfOneObject = isOfOneObject };
        _app.Calls.BeforeCall = call => call.StartsWith("active find", StringComparison.Ordinal) ? Task.FromException(fault) : Task.CompletedTask;

        Reconciled reconciled = await _app.SendAsync(new ReconcileIncoming());

        (reconciled.Queued, reconciled.Published).Should().Be((0, 0));
        reconciled.Unfinished.Should().HaveCount(told).And.OnlyContain(one => one.Fault == fault).And.OnlyHaveUniqueItems(one => one.Key);
    }

    [Fact]
    public async Task Publishing_an_older_sites_image_again_asks_for_those_that_it_lacks()
    {
        _app.Active.Seed("1467039_77.jpg", TestPictures.Jpeg());

        await _app.SendAsync(new PublishImage("1467039_77.jpg"));
        await WorkAsync();

        _app.Active.Keys.Should().BeEquivalentTo(All(ImageKey.Parse("1467039_77.jpg")));
    }

    [Fact]
    public async Task What_nobody_published_is_never_touched_by_the_reconciler()
    {
        await UploadAsync();
        Forget();
        string[] before = [.. _app.Incoming.Keys];
        _app.Time.Advance(TimeSpan.FromHours(1));

        (await _app.SendAsync(new ReconcileIncoming())).Should().BeEquivalentTo(new Reconciled(0, 0, []));

        _app.Incoming.Keys.Should().Equal(before);
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_publish_clears_away_while_it_is_copied_is_made_again()
    {
        ImageKey key = await UploadAsync();
        await WorkAsync();
        string[] modern = [.. _app.Incoming.Keys.Except(Base(key))];
        foreach (string one in Base(key))
        {
            _app.Active.Seed(one, _app.Incoming.ContentOf(one), _app.Incoming.PropertiesOf(one));
        }

        _app.Calls.BeforeCall = call =>
        {
            if (call == $"active copy {modern[0]}")
            {
                _app.Calls.BeforeCall = null;
                Array.ForEach(modern, _app.Incoming.Lose); // a publish that made none of them clears incoming, but for the original
            }

            return Task.CompletedTask;
        };
        await _app.SendAsync(new MakeModernThumbnails(key));

        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_publish_that_was_cut_off_after_one_modern_thumbnail_is_finished_too()
    {
        ImageKey key = await UploadAsync();
        await WorkAsync();
        string first = $"{key.Stem}SI.webp";
        _app.Active.Seed(first, _app.Incoming.ContentOf(first), _app.Incoming.PropertiesOf(first));
        _app.Time.Advance(TimeSpan.FromMinutes(11));

        (await _app.SendAsync(new ReconcileIncoming())).Published.Should().Be(1);

        _app.Active.Keys.Should().BeEquivalentTo(All(key));
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Theory]
    [InlineData(11, 1)]
    [InlineData(9, 0)]
    public async Task A_publish_that_was_cut_off_is_finished_once_nobody_can_be_at_work_on_it(int minutes, int published)
    {
        ImageKey key = await UploadAsync();
        _app.Active.Seed($"{key.Stem}BI.jpg", "copied before the cut");
        _app.Time.Advance(TimeSpan.FromMinutes(minutes));

        (await _app.SendAsync(new ReconcileIncoming())).Published.Should().Be(published);

        _app.Active.Keys.Contains(key.ToString()).Should().Be(published == 1);
        if (published == 1)
        {
            _app.Incoming.Keys.Should().Equal([key.ToString()], "its WebP and AVIF are still to be made");
            _app.Backlog.Waiting.Should().HaveCount(2, "once for the upload, once for the publish");
        }
    }

    [Fact]
    public async Task One_image_that_can_not_be_finished_keeps_no_other_from_its_turn()
    {
        foreach (string stem in new[] { "1467039_1", "1467039_2", "1467039_3" })
        {
            _app.Incoming.Seed($"{stem}.jpg", TestPictures.Jpeg(stem == "1467039_2" ? "BROKEN" : "fine"));
            _app.Active.Seed($"{stem}BI.jpg", "copied before the cut");
        }

        _app.Time.Advance(TimeSpan.FromHours(1));

        Reconciled reconciled = await _app.SendAsync(new ReconcileIncoming());

        reconciled.Published.Should().Be(2);
        Unfinished one = reconciled.Unfinished.Should().ContainSingle().Which;
        (one.Key.ToString(), one.Fault.Message).Should().Be(("1467039_2.jpg", "The picture is broken."));
    }

    [Fact]
    public async Task What_is_gone_is_no_error()
    {
        (await _app.SendAsync(new MakeModernThumbnails(ImageKey.Parse("1467039_77.jpg")))).Should().Be(ModernOutcome.Gone);

        _app.Active.Keys.Should().BeEmpty();
    }

    private static string[] Base(ImageKey key) => [key.ToString(), .. WithModern.BaseKeysOf(key).Select(one => one.ToString())];

    private static string[] All(ImageKey key) => [key.ToString(), .. WithModern.AllKeysOf(key).Select(one => one.ToString())];

    private async Task<ImageKey> UploadAsync(byte[]? picture = null) =>
        (await _app.SendAsync(new UploadImage(new MemoryStream(picture ?? TestPictures.Jpeg())))).Key;

    private static bool IsPutOfModern(string call) => call.Contains(" put ", StringComparison.Ordinal) && (call.EndsWith(".webp", StringComparison.Ordinal) || call.EndsWith(".avif", StringComparison.Ordinal));

    private void Forget()
    {
        while (_app.Backlog.TryTake(out _))
        {
        }
    }

    private async Task WorkAsync()
    {
        while (_app.Backlog.TryTake(out ImageKey? key))
        {
            await _app.SendAsync(new MakeModernThumbnails(key!));
        }
    }
}
