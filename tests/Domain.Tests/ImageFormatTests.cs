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
}
