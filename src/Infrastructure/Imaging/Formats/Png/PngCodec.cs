using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

internal sealed class PngCodec : FormatCodec
{
    public override ImageFormat Format => ImageFormat.Png;

    public override byte[]? FindExif(Stream file)
    {
        ByteWindow window = new(file);
        window.Skip(PngChunk.SignatureBytes);
        while (PngChunk.At(window) is { Kind: not "IEND" } chunk)
        {
            if (chunk is { Kind: "eXIf", Length: <= ExifBlock.MaxBytes })
            {
                window.Skip(PngChunk.HeadBytes);
                return window.Take((int)chunk.Length);
            }

            window.Skip(chunk.WholeLength);
        }

        return null;
    }

    public override void Strip(Stream source, Stream destination, Stripping what) => PngStripper.Strip(source, destination, what);
}
