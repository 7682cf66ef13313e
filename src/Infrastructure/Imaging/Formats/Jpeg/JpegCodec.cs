using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

internal sealed class JpegCodec : FormatCodec, IEmbeddableFormat
{
    private const int LastRows = 32; // the height of two of its largest blocks

    // Any bytes that are neither a marker nor what a decoder fills gaps with.
    private static readonly byte[] Filling = [.. Enumerable.Repeat((byte)0x5A, 64)];

    private static readonly byte[] End = [0xFF, JpegMarkers.EndOfImage];

    public override ImageFormat Format => ImageFormat.Jpeg;

    public override string Loader => "VipsForeignLoadJpeg";

    public override bool HasSignature(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public override async Task<SourceFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        JpegWalk walk = Walk(path);
        string whole = walk.LacksEnd ? await EndedAsync(path, path + ".ended", [], cancellationToken) : path;
        using Image header = JpegFile.Load(whole, walk, shrink: 1);
        JpegFile file = new(whole, walk, header);
        if (walk.LacksEnd && !file.HasSeveralScans)
        {
            RequireLastRows(whole, await EndedAsync(path, path + ".filled", Filling, cancellationToken));
        }

        return file;
    }

    public override void Strip(Stream source, Stream destination, Stripping what) => JpegStripper.Strip(source, destination, what);

    public Image ReadHeader(byte[] file) => Image.JpegloadBuffer(file);

    // The decoder of a progressive picture holds its coefficients, two bytes each.
    public int BytesToDecodePixel(Image header) => 3 * header.Bands;

    private static JpegWalk Walk(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return JpegWalk.Through(file);
    }

    // libvips treats such a file as cut off, however much of it there is. With an end added, a decoder can tell whether pixels
    // are missing.
    private static async Task<string> EndedAsync(string path, string ended, byte[] filling, CancellationToken cancellationToken)
    {
        await using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        await using FileStream destination = new(ended, FileMode.Create, FileAccess.Write, FileShare.None);
        await source.CopyToAsync(destination, cancellationToken);
        await destination.WriteAsync(filling, cancellationToken);
        await destination.WriteAsync(End, cancellationToken);
        return ended;
    }

    // libvips asks for a decoder's warnings before each strip of rows, so nobody asks after the last one. If pixels of it are
    // missing, whatever is appended to the file shows up in their place.
    private static void RequireLastRows(string ended, string filled)
    {
        using Image one = Image.Jpegload(ended, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning);
        using Image other = Image.Jpegload(filled, access: Enums.Access.Sequential, failOn: Enums.FailOn.None);
        int rows = Math.Min(one.Height, LastRows);
        using Image end = one.Crop(0, one.Height - rows, one.Width, rows);
        using Image otherEnd = other.Crop(0, one.Height - rows, one.Width, rows);
        using Image differs = end.NotEqual(otherEnd);
        if (differs.Max() > 0)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }
    }
}
