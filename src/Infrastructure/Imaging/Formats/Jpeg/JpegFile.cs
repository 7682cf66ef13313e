using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

internal sealed class JpegFile : SourceFile
{
    // Tables for converting inks (CMYK) to colours.
    private const long InkTablesBytes = 12_000_000;

    private readonly JpegWalk _walk;
    private readonly bool _isOfInks;
    private readonly bool _hasFullChroma;
    private readonly bool _hasHalfChroma;

    /// <param name="path">With its end added, if it lacked one.</param>
    public JpegFile(string path, JpegWalk walk, Image header)
        : base(path, header)
    {
        _walk = walk;
        _isOfInks = header.Interpretation == Enums.Interpretation.Cmyk;
        _hasFullChroma = JpegChroma.IsFull(header);
        _hasHalfChroma = JpegChroma.IsHalf(header);
        HasSeveralScans = IsSet(header, "jpeg-multiscan");
        Exif = walk.Exif;
    }

    public bool HasSeveralScans { get; }

    public override RowCost? Rows => base.Rows!.Value with { IsWhole = _isOfInks }; // few rows wait unless it is CMYK, however wide they are

    public override int CopiesToTurn => IsInterlaced ? 4 : 2;

    public static Image Load(string path, JpegWalk walk, int shrink) =>
        Image.Jpegload(path, shrink: shrink, access: Enums.Access.Sequential, failOn: Faults(walk));

    public override int Shrink(PixelSize target) => ThumbnailPlan.JpegShrink(Size, target);

    public override Image Load(PixelSize? target, int frames) => Load(Path, _walk, target is null ? 1 : Shrink(target.Value));

    public override Image LoadToTurn() => Image.Jpegload(Path, failOn: Faults(_walk));

    public override void Write(Image turned, string destination) =>
        turned.Jpegsave(destination, q: _walk.Quality, subsampleMode: JpegChroma.Subsample(_hasFullChroma), keep: Enums.ForeignKeep.All);

    // A decoder holds all coefficients of a picture built up in passes, two bytes each.
    public override long BytesOfDecoder(bool isPart) =>
        (_isOfInks ? InkTablesBytes : 0) + (IsInterlaced ? Size.Pixels * 2 * BytesPerPixel / (_hasHalfChroma ? 2 : 1) : 0);

    // If the end was added, a scan that breaks off before it causes only a warning.
    private static Enums.FailOn Faults(JpegWalk walk) => walk.LacksEnd ? Enums.FailOn.Warning : Enums.FailOn.Error;
}
