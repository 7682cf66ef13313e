namespace ImageBackend.Domain.Tests;

public sealed class ThumbnailSpecTests
{
    [Theory]
    [InlineData("BI")]
    [InlineData("a")]
    [InlineData("Z9")]
    [InlineData("x_-1")]
    [InlineData("abcdefghijklmnopqrst")] // 20
    public void Takes_a_suffix_that_is_part_of_a_key(string suffix)
    {
        ThumbnailSpec spec = Spec(suffix);

        spec.Suffix.Should().Be(suffix);
        ImageKey.TryParse($"1_2{suffix}.jpg", out ImageKey? key).Should().BeTrue();
        ImageKey.Parse("1_2.jpg").Thumbnail(spec).Should().Be(key);
    }

    [Theory]
    [Trait("fault", "c2c-24")]
    [InlineData("")]
    [InlineData("1I")] // 1_2 with 1I would be 1_21I, a thumbnail of 1_21
    [InlineData("_I")]
    [InlineData("-I")]
    [InlineData("B.I")]
    [InlineData("B/I")]
    [InlineData("../I")]
    [InlineData("B I")]
    [InlineData("BI\n")]
    [InlineData(".*")]
    [InlineData("É")]
    [InlineData("abcdefghijklmnopqrstu")] // 21
    public void Takes_no_other_suffix(string suffix)
    {
        Action act = () => Spec(suffix);

        act.Should().Throw<FormatException>().WithMessage($"'{suffix}' is not a suffix*");
    }

    [Fact]
    public void Reads_as_what_it_does()
    {
        Spec("BI").ToString().Should().Be("BI 400x400>");
        new ThumbnailSpec("SI", Geometry.Parse("200x200^"), new PixelSize(200, 200), 90).ToString().Should().Be("SI 200x200^ cut to 200x200");
    }

    [Fact]
    public void Counts_its_box_from_its_crop()
    {
        _ = Cut.TryParseCrop("1000x500+0+0", Gravity.Center, out Cut? crop);
        ThumbnailSpec spec = Spec("BI") with { Crop = crop };

        spec.PartOf(new PixelSize(4000, 3000)).Should().Be(new PixelRect(1500, 1250, 1000, 500));
        spec.SizeOf(new PixelSize(4000, 3000)).Should().Be(new PixelSize(400, 200));
        spec.SizeOf(new PixelSize(300, 3000)).Should().Be(new PixelSize(240, 400));
        spec.ToString().Should().Be("BI crop 1000x500+0+0 400x400>");
    }

    private static ThumbnailSpec Spec(string suffix) => new(suffix, Geometry.Parse("400x400>"), extent: null, quality: 90);
}
