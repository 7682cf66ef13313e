using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Migrate;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class MigrateV5ImageTests : IDisposable
{
    private const string Photo = "1475660224_882910455.jpg";
    private const string Drawing = "1475660224_7.svg";

    private readonly TestApp _app = new();

    public MigrateV5ImageTests()
    {
        _app.OldSite.Files[Photo] = TestPictures.Jpeg();
        _app.OldSite.Files[Drawing] = TestPictures.Svg();
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Brings_the_original_byte_for_byte_and_makes_its_thumbnails()
    {
        MigratedImage migrated = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        migrated.Should().Be(new MigratedImage(MigrationOutcome.Migrated, TestPictures.Jpeg().Length));
        _app.Active.Keys.Should().Equal(WholeSet("1475660224_882910455"));
        _app.Active.ContentOf(Photo).Should().Equal(TestPictures.Jpeg());
        TextOf("1475660224_882910455MI.jpg").Should().Be(FakeImageProcessor.ThumbnailOf(TestPictures.Jpeg(), "MI", ImageFormat.Jpeg));
        _app.Incoming.Keys.Should().BeEmpty();
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Theory]
    [InlineData("1475660224_882910455.jpg", "jpg")]
    [InlineData("1475660224_882910455.png", "png")]
    public async Task Brings_a_photo_in_another_format_as_what_its_name_says(string name, string extension)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? format).Should().BeTrue();
        _app.OldSite.Files[name] = TestPictures.WebP();

        MigratedImage migrated = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(name)));

        migrated.Should().Be(new MigratedImage(MigrationOutcome.Migrated, TestPictures.WebP().Length));
        _app.Active.ContentOf(name).Should().Equal(FakeImageProcessor.ConvertedFrom(TestPictures.WebP(), format));
        (await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(name)))).Outcome.Should().Be(MigrationOutcome.Skipped);
    }

    [Fact]
    public async Task Refuses_a_photo_in_another_format_under_the_name_of_a_film()
    {
        const string Film = "1475660224_882910455.gif";
        _app.OldSite.Files[Film] = TestPictures.WebP();

        Func<Task> migrate = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Film)));

        await migrate.Should().ThrowAsync<InvalidImageException>().WithMessage("Its name ends with .gif, but the file's format is webp.");
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Puts_the_original_last()
    {
        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        _app.Calls.Log.Where(call => call.Contains(" put ", StringComparison.Ordinal)).Should().HaveCount(4).And.EndWith($"active put {Photo}");
    }

    [Fact]
    public async Task Skips_what_is_there_and_writes_nothing()
    {
        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));
        int calls = _app.Calls.Count;

        MigratedImage again = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        again.Should().Be(new MigratedImage(MigrationOutcome.Skipped));
        _app.OldSite.Fetches.Should().Be(1);
        _app.Calls.Log.Skip(calls).Should().OnlyContain(call => call.StartsWith("active find", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Makes_missing_thumbnails_from_the_original_that_is_there()
    {
        _app.Active.Seed(Photo, TestPictures.Jpeg("another"));

        MigratedImage migrated = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        migrated.Should().Be(new MigratedImage(MigrationOutcome.Completed));
        _app.OldSite.Fetches.Should().Be(0);
        _app.Active.Keys.Should().Equal(WholeSet("1475660224_882910455"));
        _app.Active.ContentOf(Photo).Should().Equal(TestPictures.Jpeg("another"));
    }

    [Fact]
    public async Task Makes_all_anew_when_forced_but_keeps_the_crop()
    {
        _app.Active.Seed(Photo, TestPictures.Jpeg("another"), new ImageProperties(Crop: CropArea.Parse("100x100+0+0")));

        MigratedImage migrated = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo), Force: true));

        migrated.Outcome.Should().Be(MigrationOutcome.Migrated);
        _app.Active.ContentOf(Photo).Should().Equal(TestPictures.Jpeg());
        TextOf("1475660224_882910455SI.jpg").Should().Be(
            FakeImageProcessor.ThumbnailOf(TestPictures.Jpeg(), "SI", ImageFormat.Jpeg, CropArea.Parse("100x100+0+0")));
        _app.Active.PropertiesOf(Photo).Crop.Should().Be(CropArea.Parse("100x100+0+0"));
    }

    [Fact]
    public async Task Makes_WebP_too_where_the_settings_ask_for_it()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP, ImageFormat.Avif]) };
        app.OldSite.Files[Photo] = TestPictures.Jpeg();
        app.Processor.Refused.Add(ImageFormat.Avif);

        await app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        app.Active.Keys.Should().HaveCount(7).And.Contain("1475660224_882910455MI.webp").And.NotContain(key => key.EndsWith(".avif", StringComparison.Ordinal));
        app.Log.All.Should().Contain(line => line.Contains("No avif", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("invariant", "I4")]
    [InlineData("<html>Not found</html>", InvalidImageException.UnsupportedFormat)]
    [InlineData("", InvalidImageException.EmptyFile)]
    public async Task Refuses_what_is_no_picture_and_leaves_nothing(string file, string code)
    {
        _app.OldSite.Files[Photo] = System.Text.Encoding.ASCII.GetBytes(file);

        await RefusedAsync(Photo, code);
    }

    [Fact]
    public async Task Refuses_a_picture_of_another_kind_than_its_name_says()
    {
        _app.OldSite.Files[Photo] = TestPictures.Png();

        InvalidImageException refusal = await RefusedAsync(Photo, InvalidImageException.UnsupportedFormat);

        refusal.Message.Should().Be("Its name ends with .jpg, but the file's format is png.");
    }

    [Fact]
    public async Task Refuses_one_that_is_larger_than_the_limit()
    {
        _app.OldSite.Files[Photo] = [.. TestPictures.Jpeg(), .. new byte[_app.Limits.MaxBytes]];

        await RefusedAsync(Photo, InvalidImageException.FileTooLarge);
    }

    [Fact]
    public async Task Refuses_one_that_is_cut_off()
    {
        _app.OldSite.Files[Photo] = TestPictures.Jpeg("TRUNCATED");

        await RefusedAsync(Photo, InvalidImageException.BrokenImage);
    }

    [Fact]
    public async Task Says_that_an_original_is_missing()
    {
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse("1_2.jpg")));

        await act.Should().ThrowAsync<OriginalUnavailableException>().WithMessage("The original 1_2.jpg can't be read: there is no such file.");
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Takes_no_key_of_a_thumbnail()
    {
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse("1_2MI.jpg")));

        await act.Should().ThrowAsync<ValidationException>();
    }

    [Fact]
    public async Task Stores_a_drawing_sanitised_and_then_removes_its_raster_with_what_is_the_rasters_alone()
    {
        foreach (string name in new[] { "1475660224_7.png", "1475660224_7MI.png", "1475660224_7.jpg", "1475660224_7MI.jpg" })
        {
            _app.Active.Seed(name, TestPictures.Png());
        }

        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Drawing)));

        _app.Active.Keys.Should().Equal(Drawing, "1475660224_7BI.jpg", "1475660224_7MI.jpg", "1475660224_7SI.jpg");
        _app.Active.ContentOf(Drawing).Should().Equal(FakeImageProcessor.SanitisedFrom(TestPictures.Svg()));
    }

    [Fact]
    [Trait("fault", "v6-13")]
    [Trait("invariant", "I10")]
    public async Task Keeps_the_raster_when_the_drawing_can_not_be_had()
    {
        _app.Active.Seed("1475660224_7.png", TestPictures.Png());
        _app.OldSite.Files.Clear();
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Drawing)));

        await act.Should().ThrowAsync<OriginalUnavailableException>();

        _app.Active.Keys.Should().Equal("1475660224_7.png");
    }

    [Theory]
    [Trait("invariant", "I10")]
    [InlineData(Photo, FaultMode.BeforeEffect)]
    [InlineData(Photo, FaultMode.AfterEffect)]
    [InlineData(Drawing, FaultMode.BeforeEffect)]
    [InlineData(Drawing, FaultMode.AfterEffect)]
    public async Task Cut_off_at_any_call_loses_nothing_and_is_whole_after_the_next_run(string key, FaultMode mode)
    {
        IReadOnlyList<string> undisturbed = [];
        bool failed = true;
        for (int n = 0; failed; n++) // ends with the first run without a fault
        {
            using TestApp app = new();
            app.OldSite.Files[Photo] = TestPictures.Jpeg();
            app.OldSite.Files[Drawing] = TestPictures.Svg();
            app.Active.Seed("1475660224_7.png", TestPictures.Png());
            if (n > 0)
            {
                app.Calls.CutOffAt(n, mode);
            }

            try
            {
                await app.SendAsync(new MigrateV5Image(ImageKey.Parse(key)));
                failed = n == 0;
            }
            catch (StorageException)
            {
                app.Active.Keys.Should().Contain(one => one == Drawing || one == "1475660224_7.png", $"cut off at call {n}");
                if (app.Active.Keys.Contains(key))
                {
                    app.Active.Keys.Should().Contain(WholeSet(Path.GetFileNameWithoutExtension(key))[1..], $"cut off at call {n}");
                }

                app.Calls.Heal();
                await app.SendAsync(new MigrateV5Image(ImageKey.Parse(key)));
            }

            undisturbed = n == 0 ? app.Active.Keys : undisturbed;
            app.Active.Keys.Should().Equal(undisturbed, $"cut off at call {n}");
            app.ScratchFiles.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Brings_back_no_thumbnail_of_an_image_that_is_deleted_meanwhile()
    {
        _app.Active.Seed(Photo, TestPictures.Jpeg());
        _app.Processor.DuringDecode = () => _app.Active.DeleteAsync(ImageKey.Parse(Photo), default);
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        await act.Should().ThrowAsync<ImageNotFoundException>();

        _app.Active.Keys.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)] // only the removal that was cut off counts at any age
    public async Task What_was_deleted_and_is_migrated_again_stays(int hours)
    {
        if (hours > 0)
        {
            _app.Calls.CutOffAt(3);
        }

        Func<Task> delete = () => _app.SendAsync(new DeleteImages([Photo]));
        await (hours > 0 ? delete.Should().ThrowAsync<StorageException>() : (Task)delete.Should().NotThrowAsync());
        _app.Calls.Heal();
        _app.Time.Advance(TimeSpan.FromHours(hours));

        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        _app.Marks.All.Should().BeEmpty();
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        (await _app.SendAsync(new FinishDeletes())).Should().Be(0);
        (await _app.SendAsync(new PublishImage(Photo))).Should().Be(PublishOutcome.AlreadyPublished);
        _app.Active.Keys.Should().Equal(WholeSet("1475660224_882910455"));
    }

    [Fact]
    public async Task What_was_never_deleted_costs_no_removal_of_marks()
    {
        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        _app.Calls.Log.Should().NotContain(call => call.StartsWith("marks remove", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leaves_nothing_of_an_image_that_is_deleted_while_its_original_is_stored()
    {
        using TestApp other = _app.Beside();
        _app.Calls.BeforeCall = async call =>
        {
            if (call == $"active put {Photo}")
            {
                _app.Calls.BeforeCall = null;
                await other.SendAsync(new DeleteImages([Photo]));
            }
        };
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage($"There is no {Photo} in active.");
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task Makes_the_WebP_that_an_image_lacks()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP]) };
        PublishedSet.Seed(app.Active, PublishedSet.BaseKeys);
        ImageKey key = ImageKey.Parse(PublishedSet.Key);

        (await app.SendAsync(new MigrateV5Image(key, DryRun: true))).Outcome.Should().Be(MigrationOutcome.Completed);
        (await app.SendAsync(new MigrateV5Image(key))).Outcome.Should().Be(MigrationOutcome.Completed);
        (await app.SendAsync(new MigrateV5Image(key))).Outcome.Should().Be(MigrationOutcome.Skipped);

        app.Active.Keys.Should().HaveCount(7).And.Contain(PublishedSet.Stem + "BI.webp");
    }

    [Theory]
    [InlineData(Drawing)]
    [InlineData("1475660224_7SI.jpg")]
    public async Task Keeps_the_raster_as_long_as_the_drawing_is_incomplete(string lost)
    {
        _app.Active.Seed("1475660224_7.png", TestPictures.Png());
        _app.Calls.BeforeCall = call =>
        {
            if (call == "active find 1475660224_7.png")
            {
                _app.Active.Seed(lost, "");
            }

            return Task.CompletedTask;
        };
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Drawing)));

        await act.Should().ThrowAsync<StorageException>()
            .WithMessage("The active storage: 1475660224_7.svg was written but is incomplete; 1475660224_7.png is kept.");
        _app.Active.Keys.Should().Contain("1475660224_7.png");
    }

    [Fact]
    public async Task Marks_what_is_migrated_and_asks_no_storage_about_what_is_marked()
    {
        _app.OldSite.HasLedger = true;
        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));
        int calls = _app.Calls.Count;

        MigratedImage again = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        _app.OldSite.Marks.Should().Equal(WholeSet("1475660224_882910455"));
        again.Outcome.Should().Be(MigrationOutcome.Skipped);
        _app.Calls.Count.Should().Be(calls);
    }

    [Fact]
    public async Task Takes_up_a_marked_image_when_forced()
    {
        _app.OldSite.HasLedger = true;
        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        MigratedImage again = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo), Force: true));

        again.Outcome.Should().Be(MigrationOutcome.Migrated);
    }

    [Fact]
    public async Task Marks_nothing_that_failed()
    {
        _app.OldSite.HasLedger = true;
        _app.OldSite.Files[Photo] = TestPictures.Jpeg("BROKEN");

        await RefusedAsync(Photo, InvalidImageException.BrokenImage);

        _app.OldSite.Marks.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false, false, MigrationOutcome.Migrated)]
    [InlineData(true, false, MigrationOutcome.Completed)]
    [InlineData(true, true, MigrationOutcome.Skipped)]
    public async Task A_dry_run_tells_what_would_be_done_and_does_nothing(bool hasOriginal, bool hasThumbnails, MigrationOutcome expected)
    {
        foreach (string name in WholeSet("1475660224_882910455")[(hasOriginal ? 0 : 1)..(hasThumbnails ? 4 : 1)])
        {
            _app.Active.Seed(name, TestPictures.Jpeg());
        }

        IReadOnlyList<string> before = _app.Active.Keys;

        MigratedImage answer = await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo), DryRun: true));

        answer.Outcome.Should().Be(expected);
        _app.Active.Keys.Should().Equal(before);
        _app.OldSite.Fetches.Should().Be(0);
        _app.OldSite.Marks.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_migrated_is_published_already()
    {
        await _app.SendAsync(new MigrateV5Image(ImageKey.Parse(Photo)));

        (await _app.SendAsync(new PublishImage(Photo))).Should().Be(PublishOutcome.AlreadyPublished);
    }

    private static string[] WholeSet(string stem) => [$"{stem}.jpg", $"{stem}BI.jpg", $"{stem}MI.jpg", $"{stem}SI.jpg"];

    private string TextOf(string key) => System.Text.Encoding.Latin1.GetString(_app.Active.ContentOf(key));

    private async Task<InvalidImageException> RefusedAsync(string key, string code)
    {
        Func<Task> act = () => _app.SendAsync(new MigrateV5Image(ImageKey.Parse(key)));

        InvalidImageException refusal = (await act.Should().ThrowAsync<InvalidImageException>()).Which;
        refusal.Code.Should().Be(code);
        _app.Active.Keys.Should().BeEmpty();
        _app.ScratchFiles.Should().BeEmpty();
        return refusal;
    }
}
