namespace ImageBackend.Domain.Tests;

public sealed class GeometryTests
{
    [Theory]
    // Within the box.
    [InlineData("1500x1500", 4000, 3000, 1500, 1125)]
    [InlineData("1500x1500", 300, 200, 1500, 1000)]
    [InlineData("400x100", 4000, 3000, 133, 100)]
    // > : only smaller.
    [InlineData("1500x1500>", 4000, 3000, 1500, 1125)]
    [InlineData("1500x1500>", 3000, 4000, 1125, 1500)]
    [InlineData("1500x1500>", 300, 200, 300, 200)]
    [InlineData("1500x1500>", 1500, 1500, 1500, 1500)]
    [InlineData("1500x1500>", 1501, 10, 1500, 10)]
    // < : only larger.
    [InlineData("1500x1500<", 300, 200, 1500, 1000)]
    [InlineData("1500x1500<", 4000, 3000, 4000, 3000)]
    [InlineData("1500x1500<", 4000, 300, 4000, 300)]
    // ^ : covers the box.
    [InlineData("200x200^", 4000, 3000, 267, 200)]
    [InlineData("200x200^", 3000, 4000, 200, 267)]
    [InlineData("200x200^", 100, 50, 400, 200)]
    [InlineData("200x200^", 1, 8000, 200, 1_600_000)]
    [InlineData("200x200^>", 100, 50, 100, 50)]
    [InlineData("200x200^>", 400, 100, 400, 100)]
    [InlineData("200x200^<", 100, 50, 400, 200)]
    // ! : exactly.
    [InlineData("10x20!", 4000, 3000, 10, 20)]
    [InlineData("10x20!", 5, 5, 10, 20)]
    [InlineData("10!", 4000, 3000, 10, 3000)]
    [InlineData("x20!", 4000, 3000, 4000, 20)]
    [InlineData("5000x20!>", 4000, 3000, 4000, 20)]
    [InlineData("5000x20!<", 4000, 3000, 5000, 3000)]
    // One side determines the other.
    [InlineData("400", 4000, 3000, 400, 300)]
    [InlineData("400x", 4000, 3000, 400, 300)]
    [InlineData("x300", 4000, 3000, 400, 300)]
    [InlineData("400>", 300, 3000, 300, 3000)]
    [InlineData("x300^", 4000, 3000, 400, 300)]
    // With ^ it counts for both.
    [InlineData("400^", 50, 30, 667, 400)]
    [InlineData("x300^", 30, 50, 300, 500)]
    // Percentages; a further flag has no effect.
    [InlineData("50%", 50, 31, 25, 16)]
    [InlineData("50%x", 50, 30, 25, 15)]
    [InlineData("x50%", 50, 30, 50, 15)]
    [InlineData("10%x200%", 50, 30, 5, 60)]
    [InlineData("10x200%", 50, 30, 5, 60)]
    [InlineData("12.5%", 80, 160, 10, 20)]
    [InlineData("200%>", 50, 30, 100, 60)]
    [InlineData("0.01%", 50, 30, 1, 1)]
    // An area, truncated and not rounded.
    [InlineData("100@", 50, 30, 12, 7)]
    [InlineData("1500@", 50, 30, 50, 30)]
    [InlineData("6000@", 50, 30, 100, 60)]
    [InlineData("10000@>", 50, 30, 50, 30)]
    [InlineData("1@", 50, 30, 1, 1)]
    // Sizes without effect, and fractions of pixels.
    [InlineData("10x10+5-5", 50, 30, 10, 6)]
    [InlineData("10.5x20.4", 50, 30, 11, 7)]
    public void Gives_the_size_that_imagemagick_gives(string text, int width, int height, int expectedWidth, int expectedHeight)
    {
        Geometry.Parse(text).Resize(new PixelSize(width, height)).Should().Be(new PixelSize(expectedWidth, expectedHeight));
    }

    [Theory]
    [InlineData("2x2", 4, 3, 2, 2)] // 1.5 becomes 2
    [InlineData("2x2", 4, 1, 2, 1)] // 0.5 becomes 1
    [InlineData("10x10", 20, 5, 10, 3)] // 2.5 becomes 3, not the even 2
    [InlineData("10x10", 20, 9, 10, 5)] // 4.5 becomes 5, not the even 4
    [InlineData("10x10", 100, 24, 10, 2)] // 2.4 becomes 2
    public void Rounds_a_half_up(string text, int width, int height, int expectedWidth, int expectedHeight)
    {
        Geometry.Parse(text).Resize(new PixelSize(width, height)).Should().Be(new PixelSize(expectedWidth, expectedHeight));
    }

    [Theory]
    [InlineData("400x400>", 1, 8000, 1, 400)]
    [InlineData("400x400>", 20_000, 10, 400, 1)]
    [InlineData("1x1", 30_000, 30_000, 1, 1)]
    public void Leaves_one_pixel_at_least(string text, int width, int height, int expectedWidth, int expectedHeight)
    {
        Geometry.Parse(text).Resize(new PixelSize(width, height)).Should().Be(new PixelSize(expectedWidth, expectedHeight));
    }

    [Fact]
    public void Does_not_overflow()
    {
        Geometry.Parse("30000x30000^").Resize(new PixelSize(1, 1_000_000)).Should().Be(new PixelSize(30_000, 1_000_000_000));
    }

    [Theory]
    [InlineData("1500x1500>", 1500, 1500)]
    [InlineData("400", 400, null)]
    [InlineData("400x^", 400, null)]
    [InlineData("x300!", null, 300)]
    [InlineData("1x30000", 1, 30_000)]
    [InlineData("0400x0300", 400, 300)]
    [InlineData("10x10>!", 10, 10)]
    [InlineData("10x10^>", 10, 10)]
    [InlineData("10x10>+1-1!", 10, 10)]
    [InlineData("50%", null, null)]
    [InlineData("100@", null, null)]
    public void Keeps_its_text_and_its_sides(string text, int? width, int? height)
    {
        Geometry.TryParse(text, out Geometry? geometry).Should().BeTrue();

        geometry!.Width.Should().Be(width);
        geometry.Height.Should().Be(height);
        geometry.ToString().Should().Be(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(">")]
    [InlineData("x>")]
    [InlineData("0x10")]
    [InlineData("10x0")]
    [InlineData("0")]
    [InlineData("30001")]
    [InlineData("10x30001")]
    [InlineData("9999999999")]
    [InlineData("-10x10")]
    [InlineData("+10")]
    [InlineData("10X10")]
    [InlineData("10x10x10")]
    [InlineData("10.x10")]
    [InlineData("0.4x10")]
    [InlineData("0%")]
    [InlineData("x10@")]
    [InlineData("10x10@")]
    [InlineData("10%@")]
    [InlineData("100000001@")]
    [InlineData("10x10+5+5+5")]
    [InlineData("10x10+")]
    [InlineData("10+5+5")]
    [InlineData("+5+5")]
    [InlineData(" 10x10")]
    [InlineData("10x10 ")]
    [InlineData("10x10\n")]
    [InlineData(">10x10")]
    [InlineData("10x10>>")]
    [InlineData("10x10<>")]
    [InlineData("10x10^!")]
    [InlineData("10x10^!>")]
    [InlineData("10x10^>^!")]
    [InlineData("١٠x١٠")]
    public void Takes_nothing_else(string? text)
    {
        Geometry.TryParse(text, out Geometry? geometry).Should().BeFalse();
        geometry.Should().BeNull();
    }

    [Fact]
    public void Says_what_it_could_not_take()
    {
        Action act = () => Geometry.Parse("half");

        act.Should().Throw<FormatException>().WithMessage("'half' is not a geometry.");
    }

    [Fact]
    public void Is_parsed_the_same_where_only_the_interface_is_known()
    {
        ParseAs<Geometry>("400x400>").Should().Be(Geometry.Parse("400x400>"));
        TryParseAs<Geometry>("400x400>").Should().BeTrue();
        TryParseAs<Geometry>("half").Should().BeFalse();
    }

    private static T ParseAs<T>(string text)
        where T : IParsable<T> => T.Parse(text, provider: null);

    private static bool TryParseAs<T>(string text)
        where T : IParsable<T> => T.TryParse(text, provider: null, out _);

    [Theory]
    [InlineData("40x30", 1200L)]
    [InlineData("40x30!", 1200L)]
    [InlineData("40x30!>", 1200L)]
    [InlineData("40x30!<", 1200L)]
    [InlineData("40x30>", null)]
    [InlineData("40x30<", null)]
    [InlineData("40x30^", null)]
    [InlineData("40", null)]
    [InlineData("50%", null)]
    [InlineData("5000@", 5000L)]
    [InlineData("5000@>", 5000L)]
    [InlineData("5000@<", null)]
    public void Says_how_many_pixels_a_result_can_have_unless_the_picture_decides(string text, long? pixels) =>
        Geometry.Parse(text).MaxPixels.Should().Be(pixels);

    [Theory]
    [InlineData("100000000@", true)]
    [InlineData("100000001@", false)]
    public void An_area_has_a_limit(string text, bool isValid) => Geometry.TryParse(text, out _).Should().Be(isValid);
}
