using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

internal sealed class LibvipsPicture(PictureFile file) : IPicture
{
    public PixelSize Size => file.Size;

    public int Frames => file.Frames;

    public bool IsUpright => file.IsUpright;

    public bool IsInterlaced => file.Source.IsInterlaced;

    public byte[]? Exif => file.Source.Exif;

    public string? WhyNotTurned => file.Source.WhyNotTurned;

    public Need NeedToMake(IReadOnlyList<ThumbnailWork> works) => Need.Of(works.Max(BytesToMake), works.Sum(work => work.AnimatedPixels));

    public MadeWork Make(ThumbnailWork work, CancellationToken cancellationToken)
    {
        using ThumbnailMaker maker = new(file, work);
        return maker.Make(cancellationToken);
    }

    public RgbaSample Sample(int side, CancellationToken cancellationToken)
    {
        PixelSize size = RgbaSample.SizeWithin(Size, side);
        using FrameRun first = file.Decode(crop: null, size, frames: 1, cancellationToken).First();
        return Pixels.Sample(first.Pixels, frames: 1, side);
    }

    public Need NeedToTurn() => file.NeedToTurn();

    public void Turn(Rotation? rotation, string destination) => file.Turn(rotation, destination);

    private long BytesToMake(ThumbnailWork work) =>
        file.BytesToDecode(work.Part, work.Plan.Base, work.Frames)
        + ThumbnailEncoder.BytesToEncode(work.Plan.Largest, FrameRun.Most(work.Plan.Base.Pixels, work.Frames), work.Targets);
}
