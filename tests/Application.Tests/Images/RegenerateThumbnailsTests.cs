using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class RegenerateThumbnailsTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_image_as_it_should_be_costs_only_looks()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);

        RegeneratedThumbnails answer = await RegenerateAsync();

        answer.Thumbnails.Should().BeEmpty();
        _app.Calls.Log.Should().HaveCount(4).And.OnlyContain(call => call.StartsWith("active find "));
        _app.Processor.Decodes.Should().Be(0);
    }

    [Fact]
    public async Task What_is_missing_is_made_with_one_decode_and_the_rest_stays()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key, PublishedSet.Stem + "MI.jpg");

        RegeneratedThumbnails answer = await RegenerateAsync();

        answer.Thumbnails.Select(thumbnail => (thumbnail.Key, thumbnail.Reason)).Should().BeEquivalentTo(
            [(PublishedSet.Stem + "BI.jpg", DueReason.Missing), (PublishedSet.Stem + "SI.jpg", DueReason.Missing)]);
        answer.Thumbnails.Should().OnlyContain(thumbnail => thumbnail.Bytes > 0);
        _app.Active.ShouldHold(PublishedSet.BaseKeys, "all is there");
        Encoding.Latin1.GetString(_app.Active.ContentOf(PublishedSet.Stem + "MI.jpg")).Should().Be(PublishedSet.ContentOf(PublishedSet.Stem + "MI.jpg"));
        _app.Processor.Decodes.Should().Be(1);
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123456789abcdef")]
    public async Task What_an_older_site_or_another_recipe_made_is_stale(string? recipe)
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Stem + "BI.jpg", "old", new ImageProperties(Recipe: recipe));

        RegeneratedThumbnails answer = await RegenerateAsync();

        answer.Thumbnails.Should().ContainSingle().Which.Reason.Should().Be(DueReason.Stale);
        _app.Active.ShouldHold(PublishedSet.BaseKeys, "only that one was made");
        (await RegenerateAsync()).Thumbnails.Should().BeEmpty();
    }

    [Fact]
    public async Task A_change_of_one_size_makes_exactly_that_size()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        ThumbnailSpec[] specs = [.. ThumbnailSet.Default.Specs.Select(spec => spec.Suffix == "MI" ? new ThumbnailSpec("MI", Geometry.Parse("500x500>"), null, 90) : spec)];
        using TestApp changed = new() { Thumbnails = new ThumbnailSet(specs), Stores = _app.Stores };

        RegeneratedThumbnails answer = await changed.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)));

        answer.Thumbnails.Should().ContainSingle().Which.Key.Should().Be(PublishedSet.Stem + "MI.jpg");
        _app.Calls.Log.Where(call => call.Contains("put")).Should().Equal($"active put {PublishedSet.Stem}MI.jpg");
    }

    [Fact]
    public async Task An_empty_file_counts_as_missing()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Stem + "SI.jpg", "", new ImageProperties(PublishedSet.RecipeOf(PublishedSet.Stem + "SI.jpg")));

        (await RegenerateAsync(new ThumbnailSelection { Stale = false })).Thumbnails.Should().ContainSingle();

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "it was made");
    }

    [Fact]
    public async Task The_crop_that_is_kept_is_honoured()
    {
        _app.Active.Seed(PublishedSet.Key, PublishedSet.Photo, new ImageProperties(Crop: CropArea.Parse("800x600+10+20")));
        CropArea crop = CropArea.Parse("800x600+10+20");

        await RegenerateAsync();

        Encoding.Latin1.GetString(_app.Active.ContentOf(PublishedSet.Stem + "BI.jpg"))
            .Should().Be(FakeImageProcessor.ThumbnailOf(PublishedSet.Photo, "BI", ImageFormat.Jpeg, crop));
        (await RegenerateAsync()).Thumbnails.Should().BeEmpty();
        _app.Active.PropertiesOf(PublishedSet.Key).Crop.Should().Be(CropArea.Parse("800x600+10+20"));
    }

    [Fact]
    public async Task A_crop_that_changes_meanwhile_wins()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key);
        bool once = false;
        _app.Processor.DuringDecode = async () =>
        {
            if (!once)
            {
                once = true;
                await _app.SendAsync(new PublishImage(PublishedSet.Key, "800x600+10+20"));
            }
        };

        await RegenerateAsync();

        Encoding.Latin1.GetString(_app.Active.ContentOf(PublishedSet.Stem + "BI.jpg"))
            .Should().Be(FakeImageProcessor.ThumbnailOf(PublishedSet.Photo, "BI", ImageFormat.Jpeg, CropArea.Parse("800x600+10+20")));
    }

    [Fact]
    public async Task An_original_that_can_not_be_decoded_keeps_its_old_thumbnails()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);
        _app.Active.Seed(PublishedSet.Key, [.. PublishedSet.Photo, .. TestPictures.TruncatedMark]);

        Func<Task> act = () => RegenerateAsync(new ThumbnailSelection { UpToDate = true });

        await act.Should().ThrowAsync<InvalidImageException>();
        _app.Active.Keys.Should().Equal(PublishedSet.BaseKeys);
        Encoding.Latin1.GetString(_app.Active.ContentOf(PublishedSet.Stem + "BI.jpg")).Should().Be(PublishedSet.ContentOf(PublishedSet.Stem + "BI.jpg"));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3)]
    public async Task Those_of_another_engine_are_stale_only_if_the_site_says_so(bool otherEngine, int made)
    {
        PublishedSet.Seed(_app.Active, [PublishedSet.Key, .. PublishedSet.BaseKeys]);
        _app.Processor.Engine = "imagesharp";
        ThumbnailSelection selection = new() { OtherEngine = otherEngine };

        (await RegenerateAsync(selection)).Thumbnails.Should().HaveCount(made);
        (await RegenerateAsync(selection)).Thumbnails.Should().BeEmpty("they are those of this engine now");

        string[] recipes = [.. PublishedSet.BaseKeys.Where(key => key != PublishedSet.Key).Select(key => _app.Active.PropertiesOf(key).Recipe!)];
        recipes.Should().AllSatisfy(recipe => recipe.EndsWith("-imagesharp").Should().Be(otherEngine));
    }

    [Fact]
    public async Task A_format_that_an_encoder_refuses_costs_no_other()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP, ImageFormat.Avif]) };
        app.Processor.Refused.Add(ImageFormat.Avif);
        PublishedSet.Seed(app.Active, PublishedSet.Key);

        Func<Task> act = () => app.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)));

        await act.Should().ThrowAsync<InvalidImageException>();
        app.Active.Keys.Should().BeEquivalentTo(PublishedSet.AllKeys.Where(key => !key.EndsWith(".avif")));
    }

    [Fact]
    public async Task All_formats_come_from_one_decode()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP, ImageFormat.Avif]) };
        PublishedSet.Seed(app.Active, PublishedSet.Key);

        await app.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)));

        app.Active.ShouldHold(PublishedSet.AllKeys, "all are made");
        app.Processor.Decodes.Should().Be(1);
    }

    [Fact]
    public async Task An_animation_and_what_shows_its_first_frame_are_asked_for_together()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.WebP]) };
        app.Active.Seed("1_2.gif", TestPictures.Gif());

        await app.SendAsync(new RegenerateThumbnails(ImageKey.Parse("1_2.gif")));

        app.Active.Keys.Should().BeEquivalentTo("1_2.gif", "1_2BI.gif", "1_2MI.gif", "1_2SI.gif", "1_2BI.webp", "1_2MI.webp", "1_2SI.webp");
        app.Processor.Decodes.Should().Be(1);
    }

    [Fact]
    public async Task A_selection_of_sizes_and_formats_is_kept_to_whatever_the_settings_say()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key);

        await RegenerateAsync(new ThumbnailSelection { Suffixes = ["MI"], Formats = [ImageFormat.WebP, ImageFormat.Jpeg] });

        _app.Active.Keys.Should().BeEquivalentTo(PublishedSet.Key, PublishedSet.Stem + "MI.jpg", PublishedSet.Stem + "MI.webp");
    }

    [Theory]
    [InlineData(true, false, "SI")]
    [InlineData(false, true, "BI")]
    [InlineData(true, true, "BI SI")]
    public async Task Missing_and_stale_can_be_told_apart(bool missing, bool stale, string made)
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key, PublishedSet.Stem + "MI.jpg");
        _app.Active.Seed(PublishedSet.Stem + "BI.jpg", "old");

        RegeneratedThumbnails answer = await RegenerateAsync(new ThumbnailSelection { Missing = missing, Stale = stale });

        answer.Thumbnails.Select(thumbnail => thumbnail.Suffix).Should().BeEquivalentTo(made.Split(' '));
    }

    [Theory]
    [InlineData(RegenerateMode.Look, 0)]
    [InlineData(RegenerateMode.Trial, 1)]
    public async Task A_look_and_a_trial_write_nothing(RegenerateMode mode, int decodes)
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key);

        RegeneratedThumbnails answer = await _app.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)) { Mode = mode });

        answer.Thumbnails.Should().HaveCount(3).And.OnlyContain(thumbnail => thumbnail.Bytes > 0 == (decodes > 0));
        _app.Active.Keys.Should().Equal(PublishedSet.Key);
        _app.Processor.Decodes.Should().Be(decodes);
        _app.ScratchFiles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_thumbnail_of_a_size_that_is_no_longer_set_is_no_original()
    {
        _app.Active.Seed("1_2XL.jpg", "a large one", new ImageProperties(Recipe: "0123456789abcdef"));

        (await _app.SendAsync(new RegenerateThumbnails(ImageKey.Parse("1_2XL.jpg")))).Thumbnails.Should().BeEmpty();

        _app.Active.Keys.Should().Equal("1_2XL.jpg");
    }

    [Fact]
    public async Task The_original_is_never_written()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key);

        await RegenerateAsync(new ThumbnailSelection { UpToDate = true });

        _app.Calls.Log.Where(call => call.EndsWith(PublishedSet.Key)).Should().OnlyContain(call => call.Contains("find") || call.Contains("open"));
    }

    [Fact]
    public async Task An_image_that_is_deleted_meanwhile_stays_deleted()
    {
        PublishedSet.Seed(_app.Active, PublishedSet.Key);
        _app.Processor.DuringDecode = () =>
        {
            _app.Active.Lose(PublishedSet.Key);
            return Task.CompletedTask;
        };

        Func<Task> act = () => RegenerateAsync();

        await act.Should().ThrowAsync<ImageNotFoundException>();
        _app.Active.Keys.Should().BeEmpty();
    }

    [Fact]
    public async Task A_fault_at_any_call_loses_nothing_and_repeating_finishes()
    {
        for (int n = 1; ; n++)
        {
            using TestApp app = new();
            PublishedSet.Seed(app.Active, PublishedSet.BaseKeys);
            app.Active.Seed(PublishedSet.Stem + "BI.jpg", "old");
            app.Calls.CutOffAt(n);
            try
            {
                await app.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)));
            }
            catch (StorageException)
            {
                app.Active.Keys.Should().Equal(PublishedSet.BaseKeys);
            }

            bool failed = app.Calls.HasFailed;
            app.Calls.Heal();
            await app.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)));
            app.Active.ShouldHold(PublishedSet.BaseKeys, $"call {n} failed, and it was repeated");
            if (!failed)
            {
                return;
            }
        }
    }

    private Task<RegeneratedThumbnails> RegenerateAsync(ThumbnailSelection? selection = null) =>
        _app.SendAsync(new RegenerateThumbnails(ImageKey.Parse(PublishedSet.Key)) { Selection = selection ?? new ThumbnailSelection() });
}
