using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Png;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// The photos inside one drawing, as <c>data:</c> addresses. A renderer decodes them, so together they have a photo's limit.
/// </summary>
internal sealed class EmbeddedPictures
{
    private const long MaxPixels = 100_000_000;

    private static readonly IEmbeddableFormat[] Formats = [new JpegCodec(), new PngCodec(), new GifCodec()];

    private long _pixels;

    /// <returns>Null: drawings may not contain it.</returns>
    public static IEmbeddableFormat? FormatOf(ReadOnlySpan<byte> file)
    {
        foreach (IEmbeddableFormat format in Formats)
        {
            if (format.HasSignature(file))
            {
                return format;
            }
        }

        return null;
    }

    /// <param name="address">An <c>href</c>.</param>
    /// <returns>
    /// The address, rewritten with the type that its bytes show; null if it is not a readable JPEG, PNG or GIF in base64.
    /// </returns>
    /// <exception cref="InvalidImageException">Too many pixels in total.</exception>
    public string? Clean(string address)
    {
        int comma = address.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0
            || !address.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            || !address[..comma].TrimEnd().EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            || Decode(address[(comma + 1)..]) is not { } picture
            || FormatOf(picture) is not { } format)
        {
            return null;
        }

        if (SizeOf(picture, format) is not { } pixels)
        {
            return null;
        }

        _pixels += pixels;
        return _pixels <= MaxPixels
            ? $"data:{format.Format.ContentType};base64,{Convert.ToBase64String(picture)}"
            : throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The pictures inside the drawing have {_pixels} pixels; the limit is {MaxPixels}.", MaxPixels, _pixels);
    }

    // As browsers read it: with white space anywhere, including %0A, and with or without padding.
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

    private static long? SizeOf(byte[] picture, IEmbeddableFormat format)
    {
        try
        {
            using Image header = format.ReadHeader(picture);
            return (long)header.Width * header.Height;
        }
        catch (VipsException)
        {
            return null; // a gap in the drawing, as a browser shows it
        }
    }
}
