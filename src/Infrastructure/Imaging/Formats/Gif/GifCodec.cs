using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

internal sealed class GifCodec : FormatCodec, IEmbeddableFormat
{
    public override ImageFormat Format => ImageFormat.Gif;

    public override string Loader => "VipsForeignLoadNsgif";

    public override bool HasSignature(ReadOnlySpan<byte> head) => head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8);

    // libvips treats a truncated animation as a shorter one, as long as one frame is complete.
    public override Task<SourceFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        GifWalk walk = Walk(path);
        if (walk.IsCutOff)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }

        using Image header = GifFile.Load(path, frames: 1);
        return Task.FromResult<SourceFile>(new GifFile(path, walk, header));
    }

    public override void Strip(Stream source, Stream destination, Stripping what) => GifStripper.Strip(source, destination, what);

    public Image ReadHeader(byte[] file) => Image.GifloadBuffer(file);

    // A decoder holds two screens.
    public int BytesToDecodePixel(Image header) => 8;

    private static GifWalk Walk(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return GifBlocks.Copy(file, Stream.Null, keeps: null);
    }
}
