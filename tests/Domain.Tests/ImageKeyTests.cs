namespace ImageBackend.Domain.Tests;

public sealed class ImageKeyTests
{
    private static readonly ThumbnailSpec Medium = new("MI", Geometry.Parse("400x400>"), extent: null, quality: 90);

    [Theory]
    [Trait("fault", "c2c-1")]
    [InlineData("1475660224_0882910455.jpg")] // ours and c2c's
    [InlineData("1475660224_882910455.jpg")] // V5's and v6's, with unpadded numbers
    [InlineData("1475660224_7.png")]
    [InlineData("1_0.gif")]
    [InlineData("1475660224_882910455.svg")]
    [InlineData("1475660224_882910455MI.webp")]
    [InlineData("1475660224_882910455BI.avif")]
    [InlineData("photo.jpg")]
    [InlineData("a.b..c.jpg")]
    [InlineData("-_-.jpg")]
    [InlineData("_.jpg")]
    public void Takes_names_of_every_older_site_as_they_are(string text)
    {
        ImageKey.TryParse(text, out ImageKey? key).Should().BeTrue();

        key!.ToString().Should().Be(text);
        (key.Stem + "." + key.Format.Extension).Should().Be(text);
    }

    [Theory]
    [InlineData("1475660224_882910455.jpg", 1475660224)]
    [InlineData("1475660224_0882910455MI.webp", 1475660224)]
    [InlineData("photo.jpg", null)]
    [InlineData("1_2.jpg", null)]
    [InlineData("1475660224.jpg", null)]
    [InlineData("20251231235959000_1.jpg", null)]
    public void Tells_when_it_was_minted(string text, int? seconds) =>
        ImageKey.Parse(text).MintedAt.Should().Be(seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s) : null);

    [Theory]
    [Trait("fault", "v6-1")]
    [InlineData("../canary.jpg")]
    [InlineData("..")]
    [InlineData("..jpg")]
    [InlineData("a/b.jpg")]
    [InlineData("/etc/passwd.jpg")]
    [InlineData("a\\b.jpg")]
    [InlineData("..%2Fcanary.jpg")]
    [InlineData("a%2fb.jpg")]
    [InlineData("a:b.jpg")]
    [InlineData("a\0.jpg")]
    [InlineData("a.jpg\0")]
    [InlineData("a.jpg\0.txt")]
    [InlineData("~.jpg")]
    public void Takes_nothing_that_leads_elsewhere(string text)
    {
        ImageKey.TryParse(text, out ImageKey? key).Should().BeFalse();
        key.Should().BeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".jpg")]
    [InlineData(".hidden.jpg")]
    [InlineData(".partial-1.jpg")]
    [InlineData("a.jpg\n")]
    [InlineData("\na.jpg")]
    [InlineData("a.jpg\r\n")]
    [InlineData("a\n.jpg")]
    [InlineData(" a.jpg")]
    [InlineData("a.jpg ")]
    [InlineData("a b.jpg")]
    [InlineData("a.JPG")]
    [InlineData("a.Jpg")]
    [InlineData("a.jpeg")]
    [InlineData("a.tiff")]
    [InlineData("a.bmp")]
    [InlineData("a.php")]
    [InlineData("a.jpg.php")]
    [InlineData("a.jp")]
    [InlineData("a.")]
    [InlineData("a")]
    [InlineData("jpg")]
    [InlineData("höhe.jpg")]
    [InlineData("١٢٣.jpg")] // digits, but not ours
    [InlineData("a?b.jpg")]
    [InlineData("<script>.jpg")]
    public void Takes_nothing_else(string? text)
    {
        ImageKey.TryParse(text, out ImageKey? key).Should().BeFalse();
        key.Should().BeNull();
    }

    [Fact]
    public void Is_no_longer_than_a_file_name_can_be()
    {
        ImageKey.TryParse(new string('x', 200) + ".jpg", out _).Should().BeTrue();
        ImageKey.TryParse(new string('x', 201) + ".jpg", out _).Should().BeFalse();
        ImageKey.TryParse(new string('x', 1_000_000) + ".jpg", out _).Should().BeFalse();
    }

    [Fact]
    public void Is_equal_by_its_text()
    {
        ImageKey.Parse("1_2.jpg").Should().Be(ImageKey.Parse("1_2.jpg")).And.NotBe(ImageKey.Parse("1_02.jpg")).And.NotBe(ImageKey.Parse("1_2.png"));
    }

    [Fact]
    public void Says_what_it_could_not_take()
    {
        Action act = () => ImageKey.Parse("../canary.txt");

        act.Should().Throw<FormatException>().WithMessage("'../canary.txt' is not a valid key of an image, such as 1475660224_0882910455.jpg.");
    }

    [Fact]
    public void Is_parsed_the_same_where_only_the_interface_is_known()
    {
        ParseAs<ImageKey>("1_2.jpg").Should().Be(ImageKey.Parse("1_2.jpg"));
        TryParseAs<ImageKey>("1_2.jpg").Should().BeTrue();
        TryParseAs<ImageKey>("1_2.txt").Should().BeFalse();
    }

    [Theory]
    [InlineData(0, "1748779200_0000000000.jpg")]
    [InlineData(882910455, "1748779200_0882910455.jpg")]
    [InlineData(9_999_999_999, "1748779200_9999999999.jpg")]
    public void Mints_ten_digits(long number, string expected)
    {
        ImageKey key = ImageKey.Mint(new DateTimeOffset(2025, 6, 1, 12, 0, 0, TimeSpan.Zero), number, ImageFormat.Jpeg);

        key.ToString().Should().Be(expected);
        ImageKey.Parse(expected).Should().Be(key);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_000_000_000)]
    public void Mints_no_other_number(long number)
    {
        Action act = () => ImageKey.Mint(DateTimeOffset.UnixEpoch, number, ImageFormat.Jpeg);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    [Trait("fault", "v6-10")]
    public void Mints_seconds_of_utc_wherever_the_clock_stands()
    {
        DateTimeOffset inParis = new(2025, 6, 1, 14, 0, 0, TimeSpan.FromHours(2));

        ImageKey.Mint(inParis, 1, ImageFormat.Png).ToString().Should().Be("1748779200_0000000001.png");
    }

    [Theory]
    [InlineData("1_2.jpg", "1_2MI.jpg")]
    [InlineData("1_2.png", "1_2MI.png")]
    [InlineData("1_2.gif", "1_2MI.gif")]
    [InlineData("1_2.svg", "1_2MI.jpg")]
    public void Names_its_thumbnails(string original, string thumbnail)
    {
        ImageKey.Parse(original).Thumbnail(Medium).ToString().Should().Be(thumbnail);
    }

    [Fact]
    public void Names_its_thumbnails_in_other_formats()
    {
        ImageKey.Parse("1_2.svg").Thumbnail(Medium, ImageFormat.WebP).ToString().Should().Be("1_2MI.webp");
    }

    private static T ParseAs<T>(string text)
        where T : IParsable<T> => T.Parse(text, provider: null);

    private static bool TryParseAs<T>(string text)
        where T : IParsable<T> => T.TryParse(text, provider: null, out _);
}
