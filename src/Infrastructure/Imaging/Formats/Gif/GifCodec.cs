using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

internal sealed class GifCodec : FormatCodec
{
    public override ImageFormat Format => ImageFormat.Gif;

    public override void Strip(Stream source, Stream destination, Stripping what) => GifStripper.Strip(source, destination, what);
}
