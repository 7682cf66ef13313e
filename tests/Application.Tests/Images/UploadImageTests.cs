using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class UploadImageTests : IDisposable
{
    private const string Key = "1748779200_0882910455.jpg";

    private static readonly string[] WholeSet =
        [Key, "1748779200_0882910455BI.jpg", "1748779200_0882910455MI.jpg", "1748779200_0882910455SI.jpg"];

    private readonly TestApp _app = NewApp();

    public static TheoryData<string, string> Refused => new()
    {
        { "", "empty_file" },
        { "no picture at all", "unsupported_format" },
        { "II*\0\u0008\0\0\0 a tiff", "unsupported_format" },
        { "RIFF\u0024\0\0\0WEBPVP8 ", "unsupported_format" },
        { "\u00FF\u00D8\u00FF BROKEN", "broken_image" },
        { "\u00FF\u00D8\u00FF TRUNCATED", "broken_image" },
        { "\u00FF\u00D8\u00FF" + new string('x', 20_000), "file_too_large" },
    };

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Stores_what_a_photo_in_another_format_was_converted_to_and_its_thumbnails()
    {
        byte[] photo = TestPictures.WebP();
        byte[] converted = FakeImageProcessor.ConvertedFrom(photo);

        UploadedImage uploaded = await UploadAsync(photo);

        uploaded.ConvertedFrom.Should().Be(ImageFormat.WebP);
        (uploaded.Bytes, uploaded.Sha256).Should().Be((converted.Length, Convert.ToHexStringLower(SHA256.HashData(converted))));
        _app.Incoming.Keys.Should().Equal(WholeSet);
        _app.Incoming.ContentOf(Key).Should().Equal(converted);
        Encoding.ASCII.GetString(_app.Incoming.ContentOf("1748779200_0882910455BI.jpg")).Should().Be(FakeImageProcessor.ThumbnailOf(converted, "BI", ImageFormat.Jpeg));
    }

    [Fact]
    public async Task Strips_a_converted_photo_like_any_other()
    {
        using TestApp app = new() { Privacy = new PrivacyRules(Stripping.All, ExposesGps: false) };

        UploadedImage uploaded = await UploadAsync(app, TestPictures.WebP());

        app.Incoming.ContentOf(uploaded.Key.ToString()).Should().Equal(
            FakeImageProcessor.StrippedFrom(FakeImageProcessor.ConvertedFrom(TestPictures.WebP()), Stripping.All));
    }

    [Fact]
    public async Task Leaves_nothing_of_a_photo_that_can_not_be_converted_to_its_end()
    {
        Func<Task> upload = () => UploadAsync(TestPictures.WebP("TRUNCATED"));

        await upload.Should().ThrowAsync<InvalidImageException>();
        _app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Refuses_a_photo_that_is_too_large_once_it_is_converted()
    {
        int converted = FakeImageProcessor.ConvertedFrom(TestPictures.WebP()).Length;
        using TestApp app = new() { Limits = new UploadLimits(converted, 100_000_000, 500) };
        using TestApp strict = new() { Limits = new UploadLimits(converted - 1, 100_000_000, 500) };
        byte[] photo = TestPictures.WebP("a");

        (await UploadAsync(app, photo)).Bytes.Should().Be(converted);
        (await FluentActions.Awaiting(() => UploadAsync(strict, photo)).Should().ThrowAsync<InvalidImageException>())
            .Which.Message.Should().Be($"Converted from webp to what is stored, the photo is larger than the limit of {converted - 1} bytes.");
        strict.Incoming.Keys.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tells_when_it_was_taken_and_only_if_that_is_wanted_where(bool exposesGps)
    {
        PhotoFacts facts = new(new TakenAt(new DateTime(2026, 7, 14, 9, 31, 5), TimeSpan.FromHours(2)), new GeoPoint(45.8, 6.9, 4805));
        using TestApp app = new() { Privacy = new PrivacyRules(Stripping.All, exposesGps) };
        app.Processor.Header = app.Processor.Header with { Facts = facts };

        UploadedImage uploaded = await UploadAsync(app, TestPictures.Jpeg());

        (uploaded.TakenAt, uploaded.Gps).Should().Be((facts.TakenAt, exposesGps ? facts.Gps : null));
    }

    [Fact]
    public async Task Takes_a_photo_of_which_no_thumbnail_is_made_and_leaves_no_work()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet([]) };

        UploadedImage uploaded = await UploadAsync(app, TestPictures.Jpeg());

        (uploaded.ThumbHash, uploaded.Thumbnails.Count).Should().Be((null, 0));
        app.Incoming.Keys.Should().Equal(uploaded.Key.ToString());
        app.Backlog.Waiting.Should().BeEmpty();
    }

    /// <summary>A storage accepts a thumbnail and then has something else: for some time, or always.</summary>
    public static TheoryData<string?, bool, int, bool> Dropped => new()
    {
        { null, false, 2, true },
        { null, false, 3, false },
        { "cut off", true, 3, false },
        { "cut off", false, 3, false },
    };

    [Theory]
    [MemberData(nameof(Dropped))]
    public async Task Writes_again_what_the_storage_has_lost_and_is_no_success_when_it_loses_it_three_times(
        string? left, bool withRecipe, int times, bool isStored)
    {
        string lost = WholeSet[2];
        int lookedFor = 0;
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"incoming find {lost}" && ++lookedFor <= times)
            {
                ImageProperties kept = _app.Incoming.PropertiesOf(lost);
                _app.Incoming.Lose(lost);
                if (left is not null)
                {
                    _app.Incoming.Seed(lost, left, withRecipe ? kept : null);
                }
            }

            return Task.CompletedTask;
        };
        Func<Task> act = () => UploadAsync(TestPictures.Jpeg());

        if (isStored)
        {
            await act.Should().NotThrowAsync();
            _app.Incoming.Keys.Should().Equal(WholeSet);
        }
        else
        {
            await act.Should().ThrowAsync<StorageException>().WithMessage($"The incoming storage: {lost} was accepted there, but is not stored.");
            NothingIsStored();
            lookedFor.Should().Be(3);
        }
    }

    [Fact]
    public async Task Stores_the_original_byte_by_byte_and_all_thumbnails()
    {
        byte[] photo = TestPictures.Jpeg();

        UploadedImage uploaded = await UploadAsync(photo);

        uploaded.Should().BeEquivalentTo(new UploadedImage(
            ImageKey.Parse(Key),
            new PixelSize(4000, 3000),
            photo.Length,
            Convert.ToHexStringLower(SHA256.HashData(photo)),
            TakenAt: null,
            Gps: null,
            IsAltered: false,
            ConvertedFrom: null,
            FakeImageProcessor.Hash,
            [
                .. ThumbnailSet.Default.Specs.Zip(
                    [new PixelSize(1500, 1125), new PixelSize(400, 300), new PixelSize(200, 200)],
                    (spec, size) => new UploadedThumbnail(
                        ImageKey.Parse(Key).Thumbnail(spec), spec.Suffix, size, FakeImageProcessor.ThumbnailOf(photo, spec.Suffix, ImageFormat.Jpeg).Length)),
            ]));
        _app.Incoming.Keys.Should().Equal(WholeSet);
        _app.Incoming.ContentOf(Key).Should().Equal(photo);
        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            string thumbnail = $"1748779200_0882910455{spec.Suffix}.jpg";
            Encoding.ASCII.GetString(_app.Incoming.ContentOf(thumbnail)).Should().Be(FakeImageProcessor.ThumbnailOf(photo, spec.Suffix, ImageFormat.Jpeg));
            _app.Incoming.PropertiesOf(thumbnail).Should().Be(new ImageProperties(Recipe: Recipe.Of(spec, ImageFormat.Jpeg)));
        }

        _app.Incoming.PropertiesOf(Key).Should().Be(ImageProperties.None);
        _app.Active.Keys.Should().BeEmpty("what is uploaded is not public yet");
    }

    [Fact]
    [Trait("fault", "c2c-15")]
    [Trait("fault", "v6-8")]
    public async Task Stores_a_drawing_sanitised_and_makes_its_thumbnails_of_that()
    {
        byte[] sanitised = FakeImageProcessor.SanitisedFrom(TestPictures.Svg());

        UploadedImage uploaded = await UploadAsync(TestPictures.Svg());

        _app.Incoming.ContentOf(uploaded.Key.ToString()).Should().Equal(sanitised);
        Encoding.ASCII.GetString(_app.Incoming.ContentOf("1748779200_0882910455BI.jpg")).Should().Be(FakeImageProcessor.ThumbnailOf(sanitised, "BI", ImageFormat.Jpeg));
    }

    [Fact]
    public async Task Refuses_drawings_where_they_are_not_taken()
    {
        using TestApp app = new() { Limits = new UploadLimits(10_000, 100_000_000, 500) { TakesDrawings = false } };

        Func<Task> act = () => app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Svg())));

        (await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*not accepted*")).Which.Code.Should().Be("unsupported_format");
        app.Incoming.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Decodes_once_and_leaves_no_scratch_file()
    {
        await UploadAsync(TestPictures.Jpeg());

        _app.Processor.Decodes.Should().Be(1);
        _app.Processor.HeadersRead.Should().Be(1);
        _app.Workspaces.Count.Should().Be(1);
        NothingIsLeftInTheTempFolder();
    }

    [Fact]
    public async Task Stores_the_original_last()
    {
        int stored = 0;
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"incoming put {Key}")
            {
                stored = _app.Incoming.Keys.Count;
            }

            return Task.CompletedTask;
        };

        await UploadAsync(TestPictures.Jpeg());

        stored.Should().Be(3, "whoever sees the original finds all thumbnails");
        _app.Calls.Log.Where(call => call.StartsWith("incoming put")).Should().HaveCount(4).And.Subject.Last().Should().Be($"incoming put {Key}");
    }

    [Fact]
    public async Task Leaves_the_content_open_and_reads_it_to_its_end()
    {
        using MemoryStream content = new(TestPictures.Png());

        await _app.SendAsync(new UploadImage(content));

        content.CanRead.Should().BeTrue();
        content.Position.Should().Be(content.Length);
    }

    [Fact]
    public async Task Makes_one_image_when_it_is_sent_again_under_the_same_stem()
    {
        UploadedImage first = await UploadAsync(TestPictures.Jpeg(), "1748779200_0000000001");
        _app.Time.Advance(TimeSpan.FromHours(1));

        UploadedImage second = await UploadAsync(TestPictures.Jpeg(), "1748779200_0000000001");

        second.Should().BeEquivalentTo(first);
        first.Key.ToString().Should().Be("1748779200_0000000001.jpg");
        _app.Incoming.Keys.Should().HaveCount(4);
    }

    [Fact]
    public async Task Never_replaces_another_image_under_a_stem()
    {
        await _app.Incoming.PutAsync(ImageKey.Parse("1748779200_0000000001.jpg"), new MemoryStream(new byte[5]), ImageProperties.None, CancellationToken.None);
        await _app.Active.PutAsync(ImageKey.Parse("1748779200_0000000002.jpg"), new MemoryStream(TestPictures.Jpeg()), ImageProperties.None, CancellationToken.None);

        UploadedImage beside = await UploadAsync(TestPictures.Jpeg(), "1748779200_0000000001");
        UploadedImage published = await UploadAsync(TestPictures.Jpeg(), "1748779200_0000000002");

        beside.Key.ToString().Should().Be(Key);
        published.Key.ToString().Should().NotBe("1748779200_0000000002.jpg");
        _app.Incoming.ContentOf("1748779200_0000000001.jpg").Should().HaveCount(5);
    }

    [Theory]
    [InlineData("../1748779200_0000000001")]
    [InlineData("")]
    public async Task Refuses_a_stem_that_no_key_has(string stem)
    {
        Func<Task> act = () => UploadAsync(TestPictures.Jpeg(), stem);

        await act.Should().ThrowAsync<ValidationException>();
    }

    [Fact]
    [Trait("fault", "v6-4")]
    [Trait("fault", "c2c-14")]
    public async Task Names_every_format_by_its_bytes()
    {
        foreach ((byte[] content, string extension, string ofThumbnail) in new[]
        {
            (TestPictures.Jpeg(), "jpg", "jpg"), (TestPictures.Png(), "png", "png"), (TestPictures.Gif(), "gif", "gif"), (TestPictures.Svg(), "svg", "jpg"),
        })
        {
            using TestApp app = NewApp();
            using MemoryStream stream = new(content);

            UploadedImage uploaded = await app.SendAsync(new UploadImage(stream));

            uploaded.Key.ToString().Should().Be($"1748779200_0882910455.{extension}");
            app.Incoming.Keys.Should().BeEquivalentTo(
                uploaded.Key.ToString(), $"1748779200_0882910455BI.{ofThumbnail}", $"1748779200_0882910455MI.{ofThumbnail}", $"1748779200_0882910455SI.{ofThumbnail}");
        }
    }

    [Fact]
    [Trait("fault", "v6-10")]
    public async Task Overwrites_no_image_of_the_same_name()
    {
        _app.Active.Seed(Key, "another's photo");
        _app.KeyNumbers.Enqueue(1);

        UploadedImage uploaded = await UploadAsync(TestPictures.Jpeg());

        uploaded.Key.ToString().Should().Be("1748779200_0000000001.jpg");
        Encoding.ASCII.GetString(_app.Active.ContentOf(Key)).Should().Be("another's photo");
    }

    [Theory]
    [Trait("fault", "c2c-8")]
    [Trait("fault", "v6-3")]
    [MemberData(nameof(Refused))]
    public async Task Leaves_nothing_of_what_is_refused(string content, string code)
    {
        Func<Task> act = () => UploadAsync(Encoding.Latin1.GetBytes(content));

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be(code);
        NothingIsStored();
        NothingIsLeftInTheTempFolder();
        _app.Calls.Log.Should().NotContain(call => call.Contains("put"), "nothing may be stored even for a moment");
    }

    [Fact]
    public async Task Takes_a_file_of_exactly_the_limit()
    {
        UploadedImage uploaded = await UploadAsync([.. TestPictures.Jpeg(""), .. new byte[9996]]);

        uploaded.Bytes.Should().Be(10_000);
    }

    [Fact]
    public async Task Refuses_one_byte_more_and_tells_the_limit()
    {
        Func<Task> act = () => UploadAsync([.. TestPictures.Jpeg(""), .. new byte[9997]]);

        InvalidImageException refusal = (await act.Should().ThrowAsync<InvalidImageException>()).Which;
        (refusal.Code, refusal.Limit, refusal.Message).Should().Be(("file_too_large", 10_000L, "The file is larger than the limit of 10000 bytes."));
        _app.Processor.HeadersRead.Should().Be(0, "no decoder may see it");
        NothingIsLeftInTheTempFolder();
    }

    [Theory]
    [InlineData(20_000, 20_000, 1, "too_many_pixels")]
    [InlineData(30_001, 1, 1, "too_many_pixels")]
    [InlineData(10, 10, 501, "too_many_frames")]
    [InlineData(10_000, 10_000, 3, "too_many_pixels")]
    public async Task Refuses_what_is_too_large_to_decode_by_its_header(int width, int height, int frames, string code)
    {
        _app.Processor.Header = new ImageHeader(new PixelSize(width, height), frames);
        Func<Task> act = () => UploadAsync(TestPictures.Gif());

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be(code);
        _app.Processor.Decodes.Should().Be(0);
        NothingIsStored();
        NothingIsLeftInTheTempFolder();
    }

    [Fact]
    [Trait("fault", "c2c-8")]
    public async Task Leaves_nothing_when_the_client_goes_away()
    {
        await using StoppingStream content = StoppingStream.Failing(TestPictures.Jpeg(new string('x', 2000)), stopAt: 1000);
        Func<Task> act = () => _app.SendAsync(new UploadImage(content));

        (await act.Should().ThrowAsync<IOException>()).WithMessage("The connection was lost.");
        NothingIsStored();
        NothingIsLeftInTheTempFolder();
    }

    [Fact]
    public async Task Refuses_content_that_cannot_be_read()
    {
        MemoryStream closed = new();
        await closed.DisposeAsync();
        Func<Task> act = () => _app.SendAsync(new UploadImage(closed));

        await act.Should().ThrowAsync<ValidationException>();
    }

    [Fact]
    public async Task A_full_temp_folder_is_a_storage_fault()
    {
        _app.Workspaces.IsFull = true;
        Func<Task> act = () => UploadAsync(TestPictures.Jpeg());

        (await act.Should().ThrowAsync<StorageException>()).Which.IsFull.Should().BeTrue();
        NothingIsStored();
        NothingIsLeftInTheTempFolder();
    }

    [Fact]
    public async Task Leaves_nothing_when_it_is_cancelled_while_decoding()
    {
        using CancellationTokenSource cancel = new();
        _app.Processor.DuringDecode = cancel.CancelAsync;
        Func<Task> act = () => UploadAsync(TestPictures.Jpeg(), cancel.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        NothingIsStored();
        NothingIsLeftInTheTempFolder();
    }

    [Fact]
    public async Task Leaves_nothing_when_it_is_cancelled_at_any_storage_call()
    {
        await AtEveryCall(async (app, n) =>
        {
            using CancellationTokenSource cancel = new();
            app.Calls.BeforeCall = _ => app.Calls.Count >= n ? cancel.CancelAsync() : Task.CompletedTask;
            try
            {
                await UploadAsync(app, TestPictures.Jpeg(), cancel.Token);
                cancel.IsCancellationRequested.Should().BeFalse($"an upload that was cancelled at call {n} is no success");
            }
            catch (OperationCanceledException)
            {
                app.Incoming.Keys.Should().BeEmpty($"cancelled at call {n}");
            }

            return cancel.IsCancellationRequested;
        });
    }

    [Theory]
    [Trait("fault", "v6-3")]
    [InlineData(FaultMode.BeforeEffect)]
    [InlineData(FaultMode.AfterEffect)]
    public async Task Takes_everything_back_when_one_storage_call_fails(FaultMode mode)
    {
        await AtEveryCall(async (app, n) =>
        {
            app.Calls.FailOnceAt(n, mode);
            try
            {
                await UploadAsync(app, TestPictures.Jpeg());
                app.Calls.HasFailed.Should().BeFalse($"an upload whose call {n} failed is no success");
            }
            catch (StorageException)
            {
                app.Incoming.Keys.Should().BeEmpty($"call {n} failed");
            }

            return app.Calls.HasFailed;
        });
    }

    [Theory]
    [InlineData(FaultMode.BeforeEffect)]
    [InlineData(FaultMode.AfterEffect)]
    public async Task Is_no_success_when_the_storage_is_lost_midway(FaultMode mode)
    {
        await AtEveryCall(async (app, n) =>
        {
            app.Calls.CutOffAt(n, mode);
            try
            {
                await UploadAsync(app, TestPictures.Jpeg());
                app.Calls.HasFailed.Should().BeFalse($"an upload that was cut off at call {n} is no success");
            }
            catch (StorageException)
            {
                bool stored = app.Calls.Log.Any(call => call.Contains(" put "));
                app.Log.All.Where(line => line.StartsWith("Warning After a failure, ")).Should().HaveCount(stored ? 1 : 0, "what could not be taken back is told");
            }

            return app.Calls.HasFailed;
        });
    }

    /// <summary>Runs a case on a fresh service for each n until it says that there is no n-th call.</summary>
    private static async Task AtEveryCall(Func<TestApp, int, Task<bool>> run)
    {
        int n = 0;
        bool happened;
        do
        {
            using TestApp app = NewApp();
            happened = await run(app, ++n);
            app.ScratchFiles.Should().BeEmpty();
            app.Workspaces.OpenFiles.Should().BeEmpty();
        }
        while (happened);

        n.Should().BeGreaterThan(6, "an upload makes at least two looks for its key and four puts");
    }

    private static TestApp NewApp()
    {
        TestApp app = new();
        app.KeyNumbers.Enqueue(882910455);
        return app;
    }

    private Task<UploadedImage> UploadAsync(byte[] content, CancellationToken cancellationToken = default) =>
        UploadAsync(_app, content, cancellationToken);

    private async Task<UploadedImage> UploadAsync(byte[] content, string stem)
    {
        using MemoryStream stream = new(content);
        return await _app.SendAsync(new UploadImage(stream) { Stem = stem });
    }

    private static async Task<UploadedImage> UploadAsync(TestApp app, byte[] content, CancellationToken cancellationToken = default)
    {
        using MemoryStream stream = new(content);
        return await app.SendAsync(new UploadImage(stream), cancellationToken);
    }

    private void NothingIsStored()
    {
        _app.Incoming.Keys.Should().BeEmpty();
        _app.Active.Keys.Should().BeEmpty();
    }

    private void NothingIsLeftInTheTempFolder()
    {
        _app.ScratchFiles.Should().BeEmpty();
        _app.Workspaces.OpenFiles.Should().BeEmpty();
    }
}
