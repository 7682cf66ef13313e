using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

internal sealed class PngCodec : FormatCodec, IEmbeddableFormat
{
    public override ImageFormat Format => ImageFormat.Png;

    public override string Loader => "VipsForeignLoadPng";

    public override bool HasSignature(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public override Task<SourceFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        PngWalk walk = Walk(path);
        if (walk.IsCutOff)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }

        using Image header = PngFile.Load(path);
        return Task.FromResult<SourceFile>(new PngFile(path, walk, header));
    }

    public override void Strip(Stream source, Stream destination, Stripping what) => PngStripper.Strip(source, destination, what);

    public Image ReadHeader(byte[] file) => Image.PngloadBuffer(file);

    public int BytesToDecodePixel(Image header) => header.Bands * (header.Format is Enums.BandFormat.Ushort ? 2 : 1);

    private static PngWalk Walk(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return PngWalk.Through(file);
    }
}
