using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Thumbnails made from one decode.</summary>
/// <param name="Part">Part of the upright picture; null: all of it.</param>
/// <param name="Frames">All frames of the picture, or 1.</param>
/// <param name="Targets">Targets of the same spec differ in their formats.</param>
internal sealed record ThumbnailWork(PixelRect? Part, int Frames, ThumbnailPlan Plan, IReadOnlyList<ThumbnailTarget> Targets)
{
    /// <summary>Pixels of all frames to encode, if it is animated; else 0.</summary>
    public long AnimatedPixels => Frames > 1 ? Frames * Plan.Steps.Sum(step => step.Layout.Size.Pixels) : 0;

    public ThumbnailStep Smallest => Plan.Steps.MinBy(step => step.Layout.Size.Pixels)!;

    /// <summary>Whether a sample of the smallest is wanted: WebP and AVIF are made later, of a picture whose sample was taken.</summary>
    public bool IsSampled => Targets.Any(target => target.Format.IsUploaded);

    /// <summary>
    /// One decode serves all thumbnails of the whole picture. Parts get their own decode, because in a picture that is already shrunk
    /// their edges would fall between pixels. So do formats that show only the first frame of an animation.
    /// </summary>
    /// <param name="crop">The area that is shown; null: the whole picture.</param>
    /// <param name="size">Size of one frame, upright.</param>
    /// <exception cref="InvalidImageException">The crop is outside the picture.</exception>
    public static IReadOnlyList<ThumbnailWork> Of(IReadOnlyList<ThumbnailTarget> targets, CropArea? crop, PixelSize size, int frames)
    {
        PixelRect? part = Clip(crop, size);
        return
        [
            .. from target in targets
               group target by (Part: Within(part, size, target.Spec), Frames: target.Format == ImageFormat.Gif ? frames : 1) into alike
               let specs = alike.Select(target => target.Spec).Distinct()
               select new ThumbnailWork(alike.Key.Part, alike.Key.Frames, ThumbnailPlan.For(alike.Key.Part?.Size ?? size, [.. specs]), [.. alike]),
        ];
    }

    /// <summary>
    /// Whether a thumbnail is the whole picture as stored, in its own size, so that it needs no encoding. Encoding a GIF can only make its
    /// colours worse, and is the most expensive step.
    /// </summary>
    /// <param name="picture">Size of one frame, upright.</param>
    /// <param name="format">The picture's own format.</param>
    public bool IsAsStored(ThumbnailTarget target, ThumbnailStep step, PixelSize picture, ImageFormat format) =>
        Part is null && target.Format == format && step.Layout.ShowsAll && step.Layout.Resized == picture;

    public IEnumerable<ThumbnailTarget> TargetsOf(ThumbnailStep step) => Targets.Where(target => target.Spec == step.Spec);

    // The part of the picture that a spec shows, or of the given part if only that counts; null: the whole picture.
    private static PixelRect? Within(PixelRect? part, PixelSize picture, ThumbnailSpec spec)
    {
        PixelRect all = part ?? new PixelRect(0, 0, picture.Width, picture.Height);
        PixelRect shown = spec.PartOf(all.Size);
        return part is null && shown == all ? null : new PixelRect(all.X + shown.X, all.Y + shown.Y, shown.Width, shown.Height);
    }

    private static PixelRect? Clip(CropArea? crop, PixelSize picture)
    {
        if (crop is null)
        {
            return null;
        }

        return crop.TryClip(picture, out PixelRect part)
            ? part
            : throw new InvalidImageException(InvalidImageException.BadCrop, $"The crop {crop} is entirely outside the picture of {picture} pixels.");
    }
}
