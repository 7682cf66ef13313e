using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

internal sealed class GifFile : SourceFile
{
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

    public override void CopyPixels(string destination) => GifStripper.CopyPixels(Path, destination, Size);

    // A decoder holds two screens.
    public override long BytesOfDecoder(bool isPart) => 2 * Size.Pixels * 4;
}
