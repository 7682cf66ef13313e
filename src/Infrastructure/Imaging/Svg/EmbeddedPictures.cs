using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Domain;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Svg;

/// <summary>The photos inside one drawing, as <c>data:</c> addresses. A renderer decodes them, so all together have a photo's limit.</summary>
internal sealed class EmbeddedPictures
{
    private const long MaxPixels = 100_000_000;

    private long _pixels;

    /// <param name="address">An <c>href</c>.</param>
    /// <returns>The address written anew, of the type that its bytes tell; null when it is no JPEG, PNG or GIF in base64 that can be read.</returns>
    /// <exception cref="InvalidImageException">Too many pixels in all.</exception>
    public string? Clean(string address)
    {
        int comma = address.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0
            || !address.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)
            || !address[..comma].EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        byte[] content = new byte[address.Length - comma];
        if (!Convert.TryFromBase64String(address[(comma + 1)..], content, out int length) || FormatSniffer.BySignature(content.AsSpan(0, length)) is not { } format)
        {
            return null;
        }

        byte[] picture = content[..length];
        if (SizeOf(picture, format) is not { } pixels)
        {
            return null;
        }

        _pixels += pixels;
        return _pixels <= MaxPixels
            ? $"data:{format.ContentType};base64,{Convert.ToBase64String(picture)}"
            : throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The pictures inside the drawing have {_pixels} pixels; the limit is {MaxPixels}.", MaxPixels, _pixels);
    }

    private static long? SizeOf(byte[] picture, ImageFormat format)
    {
        Vips.EnsureReady();
        try
        {
            using Image header = format == ImageFormat.Jpeg ? Image.JpegloadBuffer(picture)
                : format == ImageFormat.Png ? Image.PngloadBuffer(picture)
                : Image.GifloadBuffer(picture);
            return (long)header.Width * header.Height;
        }
        catch (VipsException)
        {
            return null; // a hole in the drawing, as a browser shows it
        }
    }
}
