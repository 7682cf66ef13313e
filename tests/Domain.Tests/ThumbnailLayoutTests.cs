namespace ImageBackend.Domain.Tests;

public sealed class ThumbnailLayoutTests
{
    private static readonly PixelSize Photo = new(12_000, 8000);

    [Fact]
    public void A_cut_lies_on_the_resized_picture()
    {
        ThumbnailLayout layout = ThumbnailLayout.Of(new PixelSize(4000, 3000), Geometry.Parse("200x200^"), Cut.Extent(new PixelSize(200, 200)));

        layout.Should().Be(new ThumbnailLayout(new PixelSize(267, 200), CropArea.Parse("200x200+33+0")));
        layout.ShowsAll.Should().BeFalse();
    }

    [Theory]
    [InlineData("1000%", null, 12_247, 8164)]
    [InlineData("30000x", null, 12_247, 8164)]
    [InlineData("100%", "200%", 12_247, 8164)]
    [InlineData("100%", "x100+5+5", 11_995, 100)]
    public void No_thumbnail_has_more_than_100_megapixels(string box, string? cut, int width, int height)
    {
        ThumbnailLayout layout = ThumbnailLayout.Of(Photo, Geometry.Parse(box), CutOf(cut));

        layout.Size.Pixels.Should().BeLessThanOrEqualTo(100_000_000);
        layout.Size.Should().Be(new PixelSize(width, height));
    }

    [Fact]
    public void A_strip_that_becomes_too_long_becomes_thinner()
    {
        ThumbnailLayout layout = ThumbnailLayout.Of(new PixelSize(1, 8000), Geometry.Parse("200x200^"), cut: null);

        layout.Should().Be(new ThumbnailLayout(new PixelSize(3, 30_000), CropArea.Parse("3x30000+0+0")));
    }

    [Fact]
    public void A_canvas_that_is_made_smaller_shows_the_same()
    {
        ThumbnailLayout layout = ThumbnailLayout.Of(new PixelSize(10_000, 10_000), Geometry.Parse("100%"), CutOf("200%"));

        layout.Should().Be(new ThumbnailLayout(new PixelSize(5000, 5000), CropArea.Parse("10000x10000-2500-2500")));
    }

    private static Cut? CutOf(string? text) =>
        text is null ? null
        : Cut.TryParseCrop(text, Gravity.Center, out Cut? crop) ? crop
        : Cut.TryParseExtent(text, Gravity.Center, out Cut? canvas) ? canvas
        : throw new FormatException(text);
}
