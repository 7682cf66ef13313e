using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

internal sealed class SvgCodec : FormatCodec
{
    public override ImageFormat Format => ImageFormat.Svg;

    // It is sanitised, which leaves metadata only in pictures embedded in it.
    public override void Strip(Stream source, Stream destination, Stripping what) => throw new NotSupportedException("A drawing is not stripped.");
}
