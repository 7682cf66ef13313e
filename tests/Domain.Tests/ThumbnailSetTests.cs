namespace ImageBackend.Domain.Tests;

public sealed class ThumbnailSetTests
{
    private static readonly ThumbnailSet Set = ThumbnailSet.Default;

    [Fact]
    public void Default_is_what_the_predecessors_make()
    {
        Set.Specs.Select(spec => (spec.Suffix, spec.Resize.ToString(), spec.Cut, spec.Quality)).Should().Equal(
            ("BI", "1500x1500>", null, 90),
            ("MI", "400x400>", null, 90),
            ("SI", "200x200^", Cut.Extent(new PixelSize(200, 200)), 90));
    }

    [Theory]
    [InlineData("1475660224_0882910455.jpg")]
    [InlineData("1475660224_882910455.svg")]
    [InlineData("photo.png")]
    [InlineData("1_2bi.gif")] // suffixes are in capitals
    [InlineData("1_2BIx.jpg")]
    [InlineData("BI.jpg")] // no original's stem is left before the suffix
    public void Knows_the_key_of_an_original(string key)
    {
        Set.IsOriginal(ImageKey.Parse(key)).Should().BeTrue();
    }

    [Theory]
    [InlineData("1_2BI.jpg", "1_2.jpg 1_2.svg")]
    [InlineData("1_2MI.png", "1_2.png")]
    [InlineData("1_2SI.webp", "1_2.jpg 1_2.png 1_2.gif 1_2.svg")]
    [InlineData("1_2XI.jpg", "")]
    [InlineData("BI.jpg", "")]
    public void Knows_of_which_originals_a_thumbnail_may_be(string thumbnail, string originals) =>
        Set.OriginalsOf(ImageKey.Parse(thumbnail)).Select(key => key.ToString()).Should().Equal(originals.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Fact]
    public void A_thumbnail_of_a_former_size_is_no_original_and_goes_with_its_own()
    {
        ThumbnailSet set = new(Set.Specs, formerSuffixes: ["XL"]);

        set.IsOriginal(ImageKey.Parse("1_2XL.jpg")).Should().BeFalse();
        set.OriginalsOf(ImageKey.Parse("1_2XL.jpg")).Should().BeEmpty("it is not made any more");
        set.AllKeysOf(ImageKey.Parse("1_2.svg")).Should().Contain([ImageKey.Parse("1_2XL.jpg"), ImageKey.Parse("1_2XL.webp"), ImageKey.Parse("1_2XL.avif")]);
        set.BaseKeysOf(ImageKey.Parse("1_2.svg")).Should().NotContain(ImageKey.Parse("1_2XL.jpg"));
        FluentActions.Invoking(() => new ThumbnailSet(Set.Specs, formerSuffixes: ["BI"])).Should().Throw<ArgumentException>();
    }

    [Theory]
    [Trait("fault", "c2c-22")]
    [InlineData("1475660224_882910455BI.jpg")]
    [InlineData("1475660224_882910455MI.png")]
    [InlineData("1475660224_882910455SI.gif")]
    [InlineData("1475660224_882910455SI.svg")]
    [InlineData("xBI.jpg")]
    [InlineData("1475660224_882910455BI.webp")]
    [InlineData("1475660224_882910455.webp")]
    [InlineData("1475660224_882910455.avif")]
    public void Knows_what_is_no_original(string key)
    {
        Set.IsOriginal(ImageKey.Parse(key)).Should().BeFalse();
    }

    [Theory]
    [InlineData("1_2.jpg", "1_2BI.jpg", "1_2MI.jpg", "1_2SI.jpg")]
    [InlineData("1_2.svg", "1_2BI.jpg", "1_2MI.jpg", "1_2SI.jpg")]
    public void Names_the_thumbnails_that_every_image_has(string original, params string[] expected)
    {
        Set.BaseKeysOf(ImageKey.Parse(original)).Select(key => key.ToString()).Should().Equal(expected);
    }

    [Theory]
    [Trait("fault", "c2c-2")]
    [InlineData("1_2.jpg", "jpg")]
    [InlineData("1_2.png", "png")]
    [InlineData("1_2.gif", "gif")]
    [InlineData("1_2.svg", "jpg")]
    public void Names_every_thumbnail_once_that_may_be_there(string original, string extension)
    {
        string[] expected = [.. from suffix in new[] { "BI", "MI", "SI" } from one in new[] { extension, "webp", "avif" } select $"1_2{suffix}.{one}"];

        Set.AllKeysOf(ImageKey.Parse(original)).Select(key => key.ToString()).Should().Equal(expected);
    }

    [Fact]
    public void Takes_no_suffix_twice()
    {
        ThumbnailSpec spec = new("BI", Geometry.Parse("400x400>"), extent: null, quality: 90);
        Action act = () => _ = new ThumbnailSet([spec, new ThumbnailSpec("BI", Geometry.Parse("200x200"), extent: null, quality: 80)]);

        act.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Siblings_have_the_same_stem_and_another_format_of_originals() =>
        ThumbnailSet.SiblingsOf(ImageKey.Parse("1_2.jpg")).Select(key => key.ToString()).Should().BeEquivalentTo("1_2.png", "1_2.gif", "1_2.svg");
}
