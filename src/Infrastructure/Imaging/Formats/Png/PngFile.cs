using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

internal sealed class PngFile : SourceFile
{
    private readonly PngWalk _walk;

    public PngFile(string path, PngWalk walk, Image header)
        : base(path, header)
    {
        _walk = walk;
        Exif = walk.Exif;
    }

    public override string? WhyNotTurned => _walk.IsAnimated ? "An animated PNG can't be turned: only one of its pictures would be left." : null;

    public static Image Load(string path) => Image.Pngload(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);

    // Without its resolution, which a thumbnail would keep. Removed here, since a copy of pixels in memory is read row by row.
    public override Image Load(PixelSize? target, int frames)
    {
        using Image loaded = Load(Path);
        return Tagged(loaded.Copy(xres: 1, yres: 1));
    }

    public override Image LoadToTurn() => Tagged(Image.Pngload(Path, failOn: Enums.FailOn.Error));

    public override void Write(Image turned, string destination) => turned.Pngsave(destination, keep: Enums.ForeignKeep.All);

    // An interlaced picture is held as a whole.
    public override long BytesOfDecoder(bool isPart) => IsInterlaced ? Size.Pixels * BytesPerPixel : 0;

    // Attaches what it says about its colours without a profile.
    private Image Tagged(Image image)
    {
        if (_walk.Profile is null)
        {
            return image;
        }

        using Image bare = image;
        return bare.Mutate(changes => changes.Set(GValue.BlobType, "icc-profile-data", _walk.Profile));
    }
}
