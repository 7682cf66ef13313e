using ImageBackend.Application.Abstractions;
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
        if (!Convert.TryFromBase64String(address[(comma + 1)..], content, out int length) || TypeOf(content.AsSpan(0, length)) is not { } type)
        {
            return null;
        }

        byte[] picture = content[..length];
        if (SizeOf(picture, type) is not { } pixels)
        {
            return null;
        }

        _pixels += pixels;
        return _pixels <= MaxPixels
            ? $"data:image/{type};base64,{Convert.ToBase64String(picture)}"
            : throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The pictures inside the drawing have {_pixels} pixels; the limit is {MaxPixels}.", MaxPixels, _pixels);
    }

    private static string? TypeOf(ReadOnlySpan<byte> content) =>
        content.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "jpeg"
        : content.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]) ? "png"
        : content.StartsWith("GIF8"u8) ? "gif"
        : null;

    private static long? SizeOf(byte[] picture, string type)
    {
        Vips.EnsureReady();
        try
        {
            using Image header = type switch
            {
                "jpeg" => Image.JpegloadBuffer(picture),
                "png" => Image.PngloadBuffer(picture),
                _ => Image.GifloadBuffer(picture),
            };
            return (long)header.Width * header.Height;
        }
        catch (VipsException)
        {
            return null; // a hole in the drawing, as a browser shows it
        }
    }
}
