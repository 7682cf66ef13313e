namespace ImageBackend.Domain.Tests;

public sealed class ImageFormatTests
{
    [Theory]
    [InlineData("jpg", "image/jpeg", true, "jpg")]
    [InlineData("png", "image/png", true, "png")]
    [InlineData("gif", "image/gif", true, "gif")]
    [InlineData("svg", "image/svg+xml", true, "jpg")]
    [InlineData("webp", "image/webp", false, "webp")]
    [InlineData("avif", "image/avif", false, "avif")]
    public void Is_known_by_its_extension(string extension, string contentType, bool isUploaded, string ofThumbnail)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? format).Should().BeTrue();

        format!.ContentType.Should().Be(contentType);
        format.IsUploaded.Should().Be(isUploaded);
        format.ThumbnailFormat.Extension.Should().Be(ofThumbnail);
        format.ToString().Should().Be(extension);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("jpeg")]
    [InlineData("JPG")]
    [InlineData(".jpg")]
    [InlineData("tiff")]
    public void Is_known_by_nothing_else(string? extension)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? format).Should().BeFalse();
        format.Should().BeNull();
    }

    [Fact]
    public void There_are_six()
    {
        ImageFormat.All.Should().HaveCount(6).And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("webp", 16_383, 100, 16_383, 100)]
    [InlineData("webp", 30_000, 15_000, 16_383, 8192)]
    [InlineData("webp", 15_000, 30_000, 8192, 16_383)]
    [InlineData("avif", 16_384, 100, 16_384, 100)]
    [InlineData("avif", 30_000, 1, 16_384, 1)]
    [InlineData("jpg", 30_000, 30_000, 30_000, 30_000)]
    public void A_size_too_long_for_a_format_is_scaled_down_as_a_whole(string extension, int width, int height, int boundedWidth, int boundedHeight)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? format).Should().BeTrue();

        format!.Bounded(new PixelSize(width, height)).Should().Be(new PixelSize(boundedWidth, boundedHeight));
    }

    [Theory]
    [InlineData("jpg", true)]
    [InlineData("webp", true)]
    [InlineData("svg", false)]
    public void Thumbnails_have_every_format_but_that_of_drawings(string extension, bool canBe)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? format).Should().BeTrue();

        format!.IsOfThumbnails.Should().Be(canBe);
    }
}
