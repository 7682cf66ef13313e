using System.Buffers.Binary;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

internal sealed class GifFile : SourceFile
{
    private const int ScreenAt = 6; // offset in the header

    private readonly GifWalk _walk;

    public GifFile(string path, GifWalk walk, Image header)
        : base(path, header)
    {
        _walk = walk;
        Frames = header.Contains("n-pages") ? (int)header.Get("n-pages") : 1;
    }

    public override bool CanCopyPixels => _walk.IsOrderly;

    public override RowCost? Rows => new(4, 16, IsWhole: true);

    public override int CopiesToTurn => Frames > 1 ? 5 : 8;

    public static Image Load(string path, int frames) => Image.Gifload(path, n: frames, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);

    public override Image Load(PixelSize? target, int frames) => Load(Path, frames > 1 ? -1 : 1);

    public override Image LoadToTurn() => Image.Gifload(Path, failOn: Enums.FailOn.Error);

    public override void Write(Image turned, string destination) => turned.Gifsave(destination, keep: Enums.ForeignKeep.All);

    /// <inheritdoc/>
    /// <remarks>The screen is made as large as the frames: some programs give no screen size, or that of a monitor.</remarks>
    public override void CopyPixels(string destination)
    {
        using FileStream source = new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream copy = new(destination, FileMode.Create, FileAccess.Write, FileShare.None);
        GifStripper.CopyPixels(source, copy);
        Span<byte> screen = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(screen, (ushort)Size.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(screen[2..], (ushort)Size.Height);
        copy.Position = ScreenAt;
        copy.Write(screen);
    }

    // A decoder holds two screens.
    public override long BytesOfDecoder(bool isPart) => 2 * Size.Pixels * 4;
}
