using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>An original as this engine reads it: its decoder always holds all pixels of the whole picture.</summary>
internal sealed class SharpPicture(SharpSource source) : IPicture
{
    private const long LibraryBytes = 8_000_000;
    private const long ColourTableBytes = 56_000_000;

    // Measured, as a multiple of libvips' time: to choose the colours of a frame takes most of it.
    private const int TimesToEncodeFrames = 4;

    public PixelSize Size => source.Upright;

    public int Frames => source.Frames;

    public bool IsUpright => source.Orientation == 1;

    public bool IsInterlaced => source.IsInterlaced;

    public byte[]? Exif => source.Exif;

    public string? WhyNotTurned => source.WhyNotTurned;

    public Need NeedToMake(IReadOnlyList<ThumbnailWork> works) => Need.Of(works.Max(BytesToMake), TimesToEncodeFrames * works.Sum(work => work.AnimatedPixels));

    public MadeWork Make(ThumbnailWork work, CancellationToken cancellationToken) => source.HasAlpha
        ? new SharpThumbnails<Rgba32>(source, work).Make(cancellationToken)
        : new SharpThumbnails<Rgb24>(source, work).Make(cancellationToken);

    public RgbaSample Sample(int side, CancellationToken cancellationToken)
    {
        using Image<Rgba32> picture = source.DecodeUncounted<Rgba32>(frames: 1, cancellationToken);
        Canvas.BringUpright(picture, source.Orientation);
        return Canvas.Sample(picture, side);
    }

    public Need NeedToTurn() => Need.Of(
        OnceBytes(source.Format == ImageFormat.Gif) + BytesToDecode(source.Frames) + (source.Frames * Size.Pixels * 2 * source.BytesAsStored),
        source.Frames > 1 ? TimesToEncodeFrames * source.Frames * Size.Pixels : 0);

    public void Turn(Rotation? rotation, string destination) => SharpTurner.Turn(source, rotation, destination);

    private long BytesToMake(ThumbnailWork work)
    {
        long frames = work.Frames;
        // The base is cropped, resized, converted and brought upright; each step makes a new picture.
        long made = (3 * work.Plan.Base.Pixels) + work.Plan.Steps.Sum(step => 2 * step.Layout.Size.Pixels);
        long perEncoded = work.Targets.Any(target => target.Format == ImageFormat.WebP) ? 12 : work.Targets.Any(target => target.Format == ImageFormat.Gif) ? 4 : 0;
        return OnceBytes(work.Targets.Any(target => target.Format == ImageFormat.Gif)) + BytesToDecode(work.Frames) + PartBytes(work) + (frames * made * source.BytesPerPixel) + (work.Plan.Largest.Pixels * perEncoded);
    }

    // The tables by which colours of a GIF are chosen have a size of their own.
    private static long OnceBytes(bool makesGif) => FormatCodec.OnceBytes + LibraryBytes + (makesGif ? ColourTableBytes : 0);

    // A picture that is built up in passes is held as coefficients first, two bytes each; a GIF's decoder holds one more frame.
    private long BytesToDecode(int frames) => source.Size.Pixels *
        ((frames * source.BytesPerPixel)
            + (source.IsInterlaced && source.JpegColours is not null ? 2 * 3 : 0)
            + (frames > 1 ? 4 : 0)
            + (source.IsCutOffAtItsEnd ? source.BytesPerPixel : 0));

    private long PartBytes(ThumbnailWork work) => work.Part is { } part ? part.Size.Pixels * source.BytesPerPixel * work.Frames : 0;
}
