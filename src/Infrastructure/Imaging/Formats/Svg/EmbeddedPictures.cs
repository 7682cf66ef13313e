using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

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
            || !address.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            || !address[..comma].TrimEnd().EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            || Decode(address[(comma + 1)..]) is not { } picture
            || FormatSniffer.BySignature(picture) is not { } format)
        {
            return null;
        }

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

    // As browsers read it: with white space anywhere, perhaps as %0A, and with or without the signs that fill it up.
    private static byte[]? Decode(string base64)
    {
        string text = base64.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(base64) : base64;
        StringBuilder digits = new(text.Length + 3);
        foreach (ReadOnlyMemory<char> chunk in text.Split((char[]?)[' ', '\t', '\r', '\n', '\f'], StringSplitOptions.RemoveEmptyEntries).Select(part => part.AsMemory()))
        {
            digits.Append(chunk);
        }

        string plain = digits.ToString().TrimEnd('=');
        plain = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        byte[] content = new byte[plain.Length];
        return Convert.TryFromBase64String(plain, content, out int length) ? content[..length] : null;
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
