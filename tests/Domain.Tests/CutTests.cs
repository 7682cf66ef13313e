namespace ImageBackend.Domain.Tests;

public sealed class CutTests
{
    private static readonly PixelSize Picture = new(50, 30);

    // As ImageMagick 6.9.11 crops a picture of 50x30.
    [Theory]
    [InlineData("10x10+5+5", Gravity.NorthWest, "10x10+5+5")]
    [InlineData("10x10+5+5", Gravity.SouthEast, "10x10+35+15")]
    [InlineData("10x10-5-5", Gravity.NorthWest, "5x5+0+0")]
    [InlineData("10x10+45+25", Gravity.NorthWest, "5x5+45+25")]
    [InlineData("100x100+0+0", Gravity.Center, "50x30+0+0")]
    [InlineData("x10+5+5", Gravity.NorthWest, "45x10+5+5")]
    [InlineData("10x+5+5", Gravity.NorthWest, "10x25+5+5")]
    [InlineData("+5+5", Gravity.NorthWest, "45x25+5+5")]
    [InlineData("-5+5", Gravity.NorthWest, "45x25+0+5")]
    [InlineData("10x10+5", Gravity.NorthWest, "10x10+5+0")]
    [InlineData("50%x+0+0", Gravity.NorthWest, "25x15+0+0")]
    [InlineData("x50%+0+0", Gravity.NorthWest, "50x15+0+0")]
    [InlineData("1%x1%+0+0", Gravity.NorthWest, "1x30+0+0")]
    [InlineData("10x10+5+5!", Gravity.NorthWest, "10x10+5+5")]
    public void A_crop_shows_what_lies_on_the_picture(string text, Gravity gravity, string expected)
    {
        Cut.TryParseCrop(text, gravity, out Cut? cut).Should().BeTrue();

        cut!.ResolveFor(Picture).Should().Be(CropArea.Parse(expected));
    }

    [Theory]
    [InlineData("10x10+60+60", "1x1+49+29")]
    [InlineData("10x10+50+0", "1x1+49+0")]
    [InlineData("10x10-10+5", "1x1+0+5")]
    [InlineData("10x10-999999999-999999999", "1x1+0+0")]
    public void A_crop_beside_the_picture_shows_the_pixel_next_to_it(string text, string expected)
    {
        Cut.TryParseCrop(text, Gravity.NorthWest, out Cut? cut).Should().BeTrue();

        cut!.ResolveFor(Picture).Should().Be(CropArea.Parse(expected));
    }

    [Theory]
    [InlineData("100x100", Gravity.Center, "100x100-25-35")]
    [InlineData("10x10+5+5", Gravity.SouthEast, "10x10+35+15")]
    [InlineData("100", Gravity.NorthWest, "100x30+0+0")]
    [InlineData("x100", Gravity.South, "50x100+0-70")]
    [InlineData("150%", Gravity.Center, "75x45-12-7")]
    [InlineData("10x10+500+500", Gravity.NorthWest, "10x10+50+30")]
    public void A_canvas_has_its_size_wherever_it_lies(string text, Gravity gravity, string expected)
    {
        Cut.TryParseExtent(text, gravity, out Cut? cut).Should().BeTrue();

        cut!.ResolveFor(Picture).Should().Be(CropArea.Parse(expected));
    }

    [Theory]
    [InlineData("10x10")] // tiles
    [InlineData("10x10>+1+1")]
    [InlineData("10x10^+1+1")]
    [InlineData("10x10@+1+1")]
    [InlineData("0x10+1+1")]
    [InlineData("10+1+1")]
    [InlineData("50%+0+0")]
    [InlineData("30001x1+0+0")]
    [InlineData("10x10+")]
    [InlineData("")]
    [InlineData(null)]
    public void Takes_no_other_crop(string? text) => Cut.TryParseCrop(text, Gravity.Center, out _).Should().BeFalse();

    [Theory]
    [InlineData("10x10>")]
    [InlineData("10x10!")]
    [InlineData("10x10^")]
    [InlineData("100@")]
    [InlineData("0")]
    [InlineData("1x30001")]
    public void Takes_no_other_extent(string text) => Cut.TryParseExtent(text, Gravity.Center, out _).Should().BeFalse();

    [Theory]
    [InlineData("200x100", false, 20_000L)]
    [InlineData("200x", true, null)]
    [InlineData("x100", true, null)]
    [InlineData("50%x50%", false, null)]
    [InlineData("50%", true, null)]
    public void Says_how_much_it_can_show_unless_the_picture_decides(string text, bool takesSides, long? maxPixels)
    {
        Cut.TryParseExtent(text, Gravity.Center, out Cut? cut).Should().BeTrue();

        cut!.TakesSidesOfPicture.Should().Be(takesSides);
        cut.MaxPixels.Should().Be(maxPixels);
    }

    [Theory]
    [InlineData("1x1", true)]
    [InlineData("30000x30000", true)]
    [InlineData("0.4x10", false)]
    [InlineData("30001x1", false)]
    [InlineData("1x30001", false)]
    public void A_side_has_1_to_30000_pixels(string text, bool isValid) => Cut.TryParseExtent(text, Gravity.Center, out _).Should().Be(isValid);
}
