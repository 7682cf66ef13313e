namespace ImageBackend.Domain.Tests;

public sealed class RecipeTests
{
    private static readonly PixelSize Extent = new(200, 200);
    private static readonly ThumbnailSpec Spec = new("SI", Geometry.Parse("200x200^"), Extent, quality: 90);

    [Theory]
    [InlineData("a86a7af1c11a0194", true)]
    [InlineData("a86a7af1c11a0194-imagesharp", true)]
    [InlineData("a86a7af1c11a0195-imagesharp", false)]
    [InlineData("a86a7af1c11a019", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Is_the_same_whatever_engine_it_names(string? stored, bool matches) =>
        Recipe.Matches(stored, Spec, ImageFormat.Jpeg).Should().Be(matches);

    [Fact]
    public void Names_an_engine_that_is_not_the_default() =>
        Recipe.Of(Spec, ImageFormat.Jpeg, engine: "imagesharp").Should().Be("a86a7af1c11a0194-imagesharp");

    [Fact]
    public void Stays_what_it_was()
    {
        // Stored beside every thumbnail: if this changes, every site remakes all of its thumbnails.
        Recipe.Of(Spec, ImageFormat.Jpeg).Should().Be("a86a7af1c11a0194");
        ThumbnailSet.Default.Specs.Select(spec => Recipe.Of(spec, ImageFormat.Jpeg)).Should().Equal("b18a1e62bd93dd63", "260a4351310ee814", "a86a7af1c11a0194");
    }

    [Fact]
    public void Changes_with_each_fact_that_changes_the_picture()
    {
        string[] recipes =
        [
            Recipe.Of(Spec, ImageFormat.Jpeg),
            Recipe.Of(Spec, ImageFormat.WebP),
            Recipe.Of(Spec with { WebP = ModernEncoder.WebP with { Quality = 1 } }, ImageFormat.WebP),
            Recipe.Of(Spec with { WebP = ModernEncoder.WebP with { Effort = 1 } }, ImageFormat.WebP),
            Recipe.Of(Spec, ImageFormat.Avif),
            Recipe.Of(Spec with { Avif = ModernEncoder.Avif with { Effort = 1 } }, ImageFormat.Avif),
            Recipe.Of(new ThumbnailSpec("SI", Geometry.Parse("200x200"), Extent, 90), ImageFormat.Jpeg),
            Recipe.Of(new ThumbnailSpec("SI", Geometry.Parse("201x200^"), Extent, 90), ImageFormat.Jpeg),
            Recipe.Of(new ThumbnailSpec("SI", Spec.Resize, null, 90), ImageFormat.Jpeg),
            Recipe.Of(new ThumbnailSpec("SI", Spec.Resize, new PixelSize(200, 201), 90), ImageFormat.Jpeg),
            Recipe.Of(new ThumbnailSpec("SI", Spec.Resize, Extent, 91), ImageFormat.Jpeg),
            Recipe.Of(Spec with { Cut = Cut.Extent(Extent, Gravity.North) }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { Cut = Crop("200x200+0+0", Gravity.Center) }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { Crop = Crop("200x200+0+0", Gravity.Center) }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { Crop = Crop("200x200+0+1", Gravity.Center) }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { Crop = Crop("200x200+0+1", Gravity.East) }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { Background = new Colour(1, 2, 3) }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { IsInterlaced = true }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { HasFullChroma = true }, ImageFormat.Jpeg),
            Recipe.Of(Spec with { HasFullChroma = false }, ImageFormat.Jpeg),
            Recipe.Of(Spec, ImageFormat.Jpeg, CropArea.Parse("10x10+0+0")),
            Recipe.Of(Spec, ImageFormat.Jpeg, CropArea.Parse("10x10+0+1")),
        ];

        recipes.Should().OnlyHaveUniqueItems().And.AllSatisfy(recipe => recipe.Should().MatchRegex(@"\A[0-9a-f]{16}\z"));
    }

    [Fact]
    public void Does_not_change_with_the_settings_of_another_format()
    {
        Recipe.Of(Spec with { WebP = new ModernEncoder(1, 1), Avif = new ModernEncoder(1, 1) }, ImageFormat.Jpeg)
            .Should().Be(Recipe.Of(Spec, ImageFormat.Jpeg));
    }

    [Fact]
    public void Does_not_change_with_the_name()
    {
        Recipe.Of(new ThumbnailSpec("XX", Spec.Resize, Extent, Spec.Quality), ImageFormat.Jpeg)
            .Should().Be(Recipe.Of(Spec, ImageFormat.Jpeg));
    }

    private static Cut Crop(string text, Gravity gravity) => Cut.TryParseCrop(text, gravity, out Cut? cut) ? cut : throw new FormatException(text);
}
