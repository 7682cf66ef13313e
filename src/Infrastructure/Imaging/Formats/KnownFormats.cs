using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Png;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;

namespace ImageBackend.Infrastructure.Imaging.Formats;

/// <summary>The formats that originals come in. Another one is a codec, and a line here.</summary>
internal static class KnownFormats
{
    /// <summary>As a refusal tells them.</summary>
    public const string Names = "JPEG, PNG, GIF or SVG";

    /// <summary>Bytes of a file's beginning that <see cref="BySignature"/> needs.</summary>
    public const int SignatureBytes = 16;

    public static IReadOnlyList<FormatCodec> All { get; } = [new JpegCodec(), new PngCodec(), new GifCodec(), new SvgCodec()];

    /// <exception cref="ArgumentException">Originals never have this format.</exception>
    public static FormatCodec Of(ImageFormat format) =>
        All.FirstOrDefault(codec => codec.Format == format) ?? throw new ArgumentException($"Originals are never {format}.", nameof(format));

    /// <param name="head"><see cref="SignatureBytes"/> of the file, or all that it has. Compared, never parsed.</param>
    /// <returns>Null for all else, and for drawings: they have no signature.</returns>
    public static ImageFormat? BySignature(ReadOnlySpan<byte> head)
    {
        foreach (FormatCodec codec in All)
        {
            if (codec.HasSignature(head))
            {
                return codec.Format;
            }
        }

        return null;
    }
}
