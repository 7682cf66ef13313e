using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Png;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;

namespace ImageBackend.Infrastructure.Imaging.Formats;

/// <summary>The formats of originals. To add one, write a codec and add a line here.</summary>
internal static class KnownFormats
{
    /// <summary>Number of bytes at the start of a file that <see cref="BySignature"/> needs.</summary>
    public const int SignatureBytes = 16;

    public static IReadOnlyList<FormatCodec> All { get; } = [new JpegCodec(), new PngCodec(), new GifCodec(), new SvgCodec()];

    /// <exception cref="ArgumentException">Originals never have this format.</exception>
    public static FormatCodec Of(ImageFormat format) =>
        All.FirstOrDefault(codec => codec.Format == format) ?? throw new ArgumentException($"Originals are never {format}.", nameof(format));

    /// <param name="head">The first <see cref="SignatureBytes"/> of the file, or all of it. They are compared, never parsed.</param>
    /// <returns>Null for anything else, and for drawings: they have no signature.</returns>
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
