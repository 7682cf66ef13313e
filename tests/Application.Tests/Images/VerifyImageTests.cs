using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Domain;
using ImageBackend.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Application.Tests.Images;

public sealed class VerifyImageTests : IDisposable
{
    private const string Medium = PublishedSet.Stem + "MI.jpg";
    private const string Small = PublishedSet.Stem + "SI.jpg";

    private readonly TestApp _app = new();

    public VerifyImageTests() => PublishedSet.Seed(_app.Active, PublishedSet.BaseKeys);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_image_as_it_should_be_has_no_findings()
    {
        (await VerifyAsync()).Should().BeEmpty();

        _app.Calls.Log.Should().OnlyContain(call => call.Contains("find"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Looks_once_at_each_object(bool repair)
    {
        await VerifyAsync(repair: repair);

        string[] served = [.. _app.Calls.Log.Where(call => call.StartsWith("active find how ", StringComparison.Ordinal))];
        served.Should().HaveCount(4);
        _app.Calls.Log.Where(call => !served.Contains(call)).Should().BeEquivalentTo(
            [$"incoming find {PublishedSet.Key}", .. PublishedSet.BaseKeys.Select(key => $"active find {key}")]);
    }

    [Fact]
    public async Task Finds_what_is_missing_and_repairs_it()
    {
        _app.Active.Lose(Medium);

        (await VerifyAsync()).Should().Equal(new Finding(FindingKind.Missing, Medium, IsRepaired: false));
        _app.Active.Keys.Should().NotContain(Medium);
        (await VerifyAsync(repair: true)).Should().Equal(new Finding(FindingKind.Missing, Medium, IsRepaired: true));
        (await VerifyAsync()).Should().BeEmpty();
        _app.Active.ShouldHold(PublishedSet.BaseKeys, "it was made");
    }

    [Fact]
    public async Task Finds_what_an_older_site_made_and_repairs_it()
    {
        _app.Active.Seed(Medium, "old");

        (await VerifyAsync(repair: true)).Should().Equal(new Finding(FindingKind.Stale, Medium, IsRepaired: true));

        (await VerifyAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Finds_what_is_served_by_other_headers_and_repairs_it_without_touching_what_is_kept_beside()
    {
        _app.Active.ServeWrong(PublishedSet.Key);
        _app.Active.ServeWrong(Medium);
        ImageProperties before = _app.Active.PropertiesOf(Medium);

        (await VerifyAsync()).Should().Equal(
            new Finding(FindingKind.ServedWrong, PublishedSet.Key, IsRepaired: false), new Finding(FindingKind.ServedWrong, Medium, IsRepaired: false));
        (await VerifyAsync(repair: true)).Should().OnlyContain(finding => finding.Kind == FindingKind.ServedWrong && finding.IsRepaired).And.HaveCount(2);

        (await VerifyAsync()).Should().BeEmpty();
        _app.Active.PropertiesOf(Medium).Should().Be(before);
    }

    [Fact]
    public async Task A_thumbnail_that_is_made_anew_is_not_found_a_second_time_for_its_headers()
    {
        _app.Active.Seed(Medium, "old");
        _app.Active.ServeWrong(Medium);
        _app.Active.ServeWrong(Small);

        (await VerifyAsync(repair: true)).Should().Equal(
            new Finding(FindingKind.Stale, Medium, IsRepaired: true), new Finding(FindingKind.ServedWrong, Small, IsRepaired: true));
    }

    [Fact]
    public async Task A_thumbnail_that_is_replaced_while_its_headers_are_set_is_made_anew()
    {
        _app.Active.ServeWrong(Medium);
        _app.Calls.BeforeCall = call =>
        {
            if (call == $"active set {Medium}")
            {
                _app.Active.Seed(Medium, "replaced");
            }

            return Task.CompletedTask;
        };

        (await VerifyAsync(repair: true)).Should().Equal(new Finding(FindingKind.ServedWrong, Medium, IsRepaired: true));

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "nobody knew how the one that replaced it was made");
    }

    [Fact]
    public async Task Finds_a_thumbnail_of_another_size_and_repairs_it()
    {
        _app.Active.Seed(Medium, "small", new ImageProperties(PublishedSet.RecipeOf(Medium)));
        _app.Processor.OtherHeader = content => content.AsSpan().SequenceEqual("small"u8) ? new ImageHeader(new PixelSize(9, 9), 1) : null;

        (await VerifyAsync()).Should().BeEmpty("nothing was decoded");
        (await VerifyAsync(decode: true)).Should().Equal(new Finding(FindingKind.WrongSize, Medium, IsRepaired: false));
        (await VerifyAsync(decode: true, repair: true)).Should().Equal(new Finding(FindingKind.WrongSize, Medium, IsRepaired: true));
        (await VerifyAsync(decode: true)).Should().BeEmpty();
        _app.Active.ShouldHold(PublishedSet.BaseKeys, "it was made anew");
    }

    [Fact]
    public async Task A_thumbnail_that_is_stale_and_can_not_be_decoded_is_found_once()
    {
        _app.Active.Seed(Medium, TestPictures.BrokenMark);
        _app.Active.Seed(Small, "old");

        (await VerifyAsync(decode: true)).Should().Equal(
            new Finding(FindingKind.Stale, Small, IsRepaired: false), new Finding(FindingKind.Undecodable, Medium, IsRepaired: false));
    }

    [Theory]
    [InlineData(Stripping.None, true, false)]
    [InlineData(Stripping.Gps, true, true)]
    [InlineData(Stripping.All, true, true)]
    [InlineData(Stripping.Gps, false, false)]
    public async Task Finds_an_original_that_tells_a_place_where_the_settings_do_not_want_that(Stripping strip, bool tellsPlace, bool isFound)
    {
        using TestApp app = new() { Privacy = new PrivacyRules(strip, ExposesGps: false) };
        PublishedSet.Seed(app.Active, PublishedSet.BaseKeys);
        app.Processor.Header = app.Processor.Header with { Facts = new PhotoFacts(null, tellsPlace ? new GeoPoint(45.8, 6.9, null) : null) };
        Finding expected = new(FindingKind.Place, PublishedSet.Key, IsRepaired: false);

        foreach (bool repair in new[] { false, true })
        {
            VerifyImage request = new(ImageKey.Parse(PublishedSet.Key)) { Decode = true, Repair = repair };

            (await app.SendAsync(request)).Findings.Should().Equal(isFound ? [expected] : []);
        }
    }

    [Fact]
    public async Task Finds_an_empty_original_that_nothing_can_repair()
    {
        _app.Active.Seed(PublishedSet.Key, "");

        (await VerifyAsync(repair: true)).Should().Equal(new Finding(FindingKind.Empty, PublishedSet.Key, IsRepaired: false));
    }

    [Fact]
    public async Task Finds_an_original_that_can_not_be_decoded_and_leaves_its_thumbnails()
    {
        _app.Active.Seed(PublishedSet.Key, [.. PublishedSet.Photo, .. TestPictures.TruncatedMark]);

        (await VerifyAsync()).Should().BeEmpty("nothing was decoded");
        (await VerifyAsync(decode: true, repair: true)).Should().Equal(new Finding(FindingKind.Undecodable, PublishedSet.Key, IsRepaired: false));
        Encoding.Latin1.GetString(_app.Active.ContentOf(Medium)).Should().Be(PublishedSet.ContentOf(Medium));
    }

    [Fact]
    public async Task An_original_that_can_not_be_decoded_is_found_once_also_when_a_repair_needs_it()
    {
        _app.Active.Seed(PublishedSet.Key, [.. PublishedSet.Photo, .. TestPictures.TruncatedMark]);
        _app.Active.Lose(Medium);
        Finding[] expected = [new(FindingKind.Missing, Medium, IsRepaired: false), new(FindingKind.Undecodable, PublishedSet.Key, IsRepaired: false)];

        (await VerifyAsync(decode: true)).Should().Equal(expected);
        (await VerifyAsync(decode: true, repair: true)).Should().Equal(expected);
    }

    [Fact]
    public async Task Finds_a_thumbnail_that_can_not_be_decoded_and_repairs_it()
    {
        _app.Active.Seed(Medium, TestPictures.BrokenMark, new ImageProperties(PublishedSet.RecipeOf(Medium)));

        (await VerifyAsync(decode: true)).Should().Equal(new Finding(FindingKind.Undecodable, Medium, IsRepaired: false));
        (await VerifyAsync(decode: true, repair: true)).Should().Equal(new Finding(FindingKind.Undecodable, Medium, IsRepaired: true));

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "it was made anew");
    }

    [Fact]
    public async Task A_repair_that_fails_says_why_and_changes_nothing()
    {
        _app.Active.Seed(PublishedSet.Key, [.. PublishedSet.Photo, .. TestPictures.TruncatedMark]);
        _app.Active.Lose(Medium);

        (await VerifyAsync(repair: true)).Should().Equal(
            new Finding(FindingKind.Missing, Medium, IsRepaired: false), new Finding(FindingKind.Undecodable, PublishedSet.Key, IsRepaired: false));
    }

    [Fact]
    public async Task A_format_that_an_encoder_refuses_costs_a_repair_no_other_and_says_nothing_about_the_original()
    {
        using TestApp app = new() { Thumbnails = new ThumbnailSet(ThumbnailSet.Default.Specs, [ImageFormat.Avif]) };
        app.Processor.Refused.Add(ImageFormat.Avif);
        PublishedSet.Seed(app.Active, PublishedSet.BaseKeys);
        app.Active.Lose(Medium);
        app.Active.Seed(Small, TestPictures.BrokenMark, new ImageProperties(PublishedSet.RecipeOf(Small)));

        Verdict verdict = await app.SendAsync(new VerifyImage(ImageKey.Parse(PublishedSet.Key)) { Decode = true, Repair = true });

        verdict.Findings.Should().BeEquivalentTo(
        [
            new Finding(FindingKind.Missing, Medium, IsRepaired: true),
            new Finding(FindingKind.Undecodable, Small, IsRepaired: true),
            .. new[] { "BI", "MI", "SI" }.Select(suffix => new Finding(FindingKind.Missing, $"{PublishedSet.Stem}{suffix}.avif", IsRepaired: false)),
        ]);
        app.Active.ShouldHold(PublishedSet.BaseKeys, "all that can be made is there");
    }

    [Fact]
    public async Task Finds_thumbnails_without_an_original_and_removes_them()
    {
        _app.Active.Lose(PublishedSet.Key);
        _app.Time.Advance(TimeSpan.FromHours(1));

        (await VerifyAsync(Medium)).Should().Equal(new Finding(FindingKind.Orphaned, Medium, IsRepaired: false));
        (await VerifyAsync(Medium, repair: true)).Should().Equal(new Finding(FindingKind.Orphaned, Medium, IsRepaired: true));
        _app.Active.Keys.Should().HaveCount(2).And.NotContain(Medium);
    }

    [Fact]
    public async Task A_thumbnail_of_a_publish_that_is_at_work_or_was_cut_off_is_no_orphan()
    {
        _app.Active.Lose(PublishedSet.Key);

        (await VerifyAsync(Medium, repair: true)).Should().BeEmpty("it is young");
        _app.Incoming.Seed(PublishedSet.Key, PublishedSet.Photo);
        _app.Time.Advance(TimeSpan.FromHours(1));
        (await VerifyAsync(Medium, repair: true)).Should().BeEmpty("its original is in incoming");
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_told_but_never_removed()
    {
        _app.Active.Seed("logo.webp", "somebody's");
        _app.Time.Advance(TimeSpan.FromHours(1));

        (await VerifyAsync("logo.webp", repair: true)).Should().Equal(new Finding(FindingKind.Orphaned, "logo.webp", IsRepaired: false));

        _app.Active.Keys.Should().Contain("logo.webp");
    }

    [Fact]
    public async Task An_original_of_an_older_site_whose_name_ends_like_a_thumbnails_is_told_but_never_removed()
    {
        _app.Active.Seed("holidayBI.jpg", TestPictures.Jpeg());
        _app.Time.Advance(TimeSpan.FromHours(1));

        (await VerifyAsync("holidayBI.jpg", repair: true)).Should().Equal(new Finding(FindingKind.Orphaned, "holidayBI.jpg", IsRepaired: false));

        _app.Active.Keys.Should().Contain("holidayBI.jpg");
    }

    [Fact]
    public async Task A_thumbnail_of_a_size_that_is_no_longer_set_is_no_original()
    {
        string large = PublishedSet.Stem + "XL.jpg";
        _app.Active.Seed(large, "a large one", new ImageProperties(Recipe: "0123456789abcdef"));
        _app.Time.Advance(TimeSpan.FromHours(1));

        (await VerifyAsync(large, repair: true)).Should().Equal(new Finding(FindingKind.Orphaned, large, IsRepaired: true));

        _app.Active.ShouldHold(PublishedSet.BaseKeys, "no thumbnails were made of it");
    }

    [Fact]
    public async Task An_upload_is_judged_once_it_is_settled()
    {
        PublishedSet.Seed(_app.Incoming, PublishedSet.Key);
        _app.Incoming.Seed("1_2.jpg", "");
        (await VerifyAsync("1_2.jpg")).Should().BeEmpty();
        _app.Time.Advance(TimeSpan.FromHours(1));

        (await VerifyAsync()).Should().Equal(new Finding(FindingKind.Unfinished, PublishedSet.Key, IsRepaired: false));
        (await VerifyAsync("1_2.jpg", repair: true)).Should().Equal(
            new Finding(FindingKind.Empty, "1_2.jpg", IsRepaired: false),
            new Finding(FindingKind.Missing, "1_2BI.jpg", IsRepaired: false),
            new Finding(FindingKind.Missing, "1_2MI.jpg", IsRepaired: false),
            new Finding(FindingKind.Missing, "1_2SI.jpg", IsRepaired: false));
        _app.Active.Seed("1_2SI.jpg", "copied before a publish was cut off");
        (await VerifyAsync("1_2.jpg")).Should().Equal(new Finding(FindingKind.Unfinished, "1_2.jpg", IsRepaired: false));
    }

    [Fact]
    public async Task What_is_nowhere_is_an_error()
    {
        Func<Task> act = () => VerifyAsync("9_9.jpg");

        await act.Should().ThrowAsync<ImageNotFoundException>().WithMessage("There is no 9_9.jpg in incoming or active.");
    }

    [Fact]
    public async Task Lists_images_orphans_and_uploads_once_each()
    {
        _app.Active.Seed("7_7BI.webp", "an orphan");
        PublishedSet.Seed(_app.Incoming, PublishedSet.BaseKeys);
        _app.Incoming.Seed("1_2.jpg", "an upload");

        List<string> keys = [];
        await foreach (ImageKey key in _app.Services.GetRequiredService<ImagesToVerify>().ListAsync(CancellationToken.None))
        {
            keys.Add(key.ToString());
        }

        keys.Should().BeEquivalentTo(PublishedSet.Key, "7_7BI.webp", "1_2.jpg");
    }

    private async Task<IReadOnlyList<Finding>> VerifyAsync(string key = PublishedSet.Key, bool decode = false, bool repair = false) =>
        (await _app.SendAsync(new VerifyImage(ImageKey.Parse(key)) { Decode = decode, Repair = repair })).Findings;
}
