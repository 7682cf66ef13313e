using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Tests.Abstractions;

public sealed class StoredImageTests
{
    private static readonly DateTimeOffset Noon = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StoredImage Found = new(ImageKey.Parse("1_2.jpg"), 100, Noon, "abc", ImageProperties.None);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("abc", null, true)]
    [InlineData("abd", null, false)]
    [InlineData(null, 0, true)]
    [InlineData(null, 1, true)]
    [InlineData(null, -1, false)]
    [InlineData("abc", 0, true)]
    [InlineData("abc", -1, false)]
    [InlineData("abd", 0, false)]
    public void A_part_is_wanted_only_of_the_object_that_the_reader_knows(string? etag, int? secondsAfterItWasWritten, bool expected)
    {
        BytePart part = new(0, 9) { IfETag = etag, IfWrittenBy = secondsAfterItWasWritten is { } seconds ? Noon.AddSeconds(seconds) : null };

        part.IsOf(Found).Should().Be(expected);
    }

    [Theory]
    [InlineData(0L, 9L, 1, true)]
    [InlineData(0L, 9L, 0, false)]
    [InlineData(99L, null, 100, true)]
    [InlineData(100L, null, 100, false)]
    [InlineData(101L, null, 100, false)]
    [InlineData(null, 1L, 1, true)]
    [InlineData(null, 5L, 3, true)]
    [InlineData(null, 5L, 0, false)]
    [InlineData(null, 0L, 3, false)]
    [InlineData(null, 0L, 0, false)]
    public void A_part_is_within_an_object_that_has_a_byte_of_it(long? from, long? to, long bytes, bool expected)
    {
        new BytePart(from, to).IsWithin(bytes).Should().Be(expected);
    }

    [Fact]
    public void An_object_has_the_configured_headers_unless_a_storage_says_otherwise()
    {
        Found.HasConfiguredHeaders.Should().BeTrue();
    }

    [Theory]
    [InlineData("a", "1x1+0+0", "a", "1x1+0+0", true)]
    [InlineData("a", "1x1+0+0", "b", "1x1+0+0", false)]
    [InlineData("a", "1x1+0+0", "a", "2x1+0+0", false)]
    [InlineData(null, null, null, null, true)]
    public void Properties_are_the_same_by_recipe_and_crop(string? recipe, string? crop, string? otherRecipe, string? otherCrop, bool expected)
    {
        ImageProperties one = Of(recipe, crop) with { RecipeOf = "abc" };

        one.Equals(Of(otherRecipe, otherCrop)).Should().Be(expected);
        one.Equals(null).Should().BeFalse();
    }

    [Theory]
    [InlineData("a", null, "b", "a", "abc")] // of whatever is copied
    [InlineData("a", "abc", "b", "a", "abc")]
    [InlineData("a", "other", "b", "b", "abc")] // it was replaced meanwhile
    [InlineData("a", "other", null, null, "abc")]
    [InlineData(null, null, "b", null, null)] // none is wanted
    public void What_is_copied_has_a_recipe_of_its_own_content(string? recipe, string? recipeOf, string? own, string? expected, string? expectedOf)
    {
        ImageProperties kept = Of(recipe, "1x1+0+0") with { RecipeOf = recipeOf };

        ImageProperties copied = kept.For(Found with { Properties = Of(own, "9x9+0+0") });

        copied.Should().Be(Of(expected, "1x1+0+0"));
        copied.RecipeOf.Should().Be(expectedOf);
    }

    private static ImageProperties Of(string? recipe, string? crop) => new(recipe, crop is null ? null : CropArea.Parse(crop));
}
