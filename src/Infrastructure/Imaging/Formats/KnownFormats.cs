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
    public static IReadOnlyList<FormatCodec> All { get; } = [new JpegCodec(), new PngCodec(), new GifCodec(), new SvgCodec()];

    /// <exception cref="ArgumentException">Originals never have this format.</exception>
    public static FormatCodec Of(ImageFormat format) =>
        All.FirstOrDefault(codec => codec.Format == format) ?? throw new ArgumentException($"Originals are never {format}.", nameof(format));
}
