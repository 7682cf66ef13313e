using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>Makes the thumbnails of one decode.</summary>
internal sealed class SharpThumbnails<TPixel>(SharpSource source, ThumbnailWork work)
    where TPixel : unmanaged, IPixel<TPixel>
{
    /// <exception cref="InvalidImageException">The picture is damaged, or has colours that can't be shown.</exception>
    public MadeWork Make(CancellationToken cancellationToken)
    {
        Dictionary<ThumbnailTarget, PixelSize> sizes = [];
        RgbaSample? sample = null;
        Dictionary<string, Image<TPixel>> made = [];
        using Image<TPixel> picture = source.Decode<TPixel>(work.Frames, cancellationToken);
        Bring(picture);
        try
        {
            foreach (ThumbnailStep step in work.Plan.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Image<TPixel> thumbnail = made[step.Spec.Suffix] = Canvas.LayOut(step.From is null ? picture : made[step.From], step.Layout, step.Spec.Background);
                if (work.IsSampled && step == work.Smallest)
                {
                    sample = Canvas.Sample(thumbnail, ThumbHash.MaxSide);
                }

                foreach (ThumbnailTarget target in work.TargetsOf(step))
                {
                    sizes[target] = target.Format.Bounded(step.Layout.Size);
                    Write(thumbnail, target, sizes[target], step);
                }
            }
        }
        finally
        {
            foreach (Image<TPixel> thumbnail in made.Values)
            {
                thumbnail.Dispose();
            }
        }

        return new MadeWork(sizes, sample);
    }

    // Upright, in sRGB, as large as the plan's base, and bare of everything but pixels and the times of frames.
    private void Bring(Image<TPixel> picture)
    {
        if (work.Part is { } part)
        {
            PixelRect stored = Orientation.ToStored(part, source.Upright, source.Orientation);
            picture.Mutate(SharpConfiguration.Settings, context => context.Crop(new Rectangle(stored.X, stored.Y, stored.Width, stored.Height)));
        }

        Canvas.Resize(picture, source.Turn(work.Plan.Base));
        StandardColours.Apply(picture, source.Profile ?? picture.Metadata.IccProfile?.ToByteArray());
        Canvas.BringUpright(picture, source.Orientation);
        Bare(picture);
    }

    private static void Bare(Image<TPixel> picture)
    {
        picture.Metadata.ExifProfile = null;
        picture.Metadata.IccProfile = null;
        picture.Metadata.IptcProfile = null;
        picture.Metadata.XmpProfile = null;
        (picture.Metadata.ResolutionUnits, picture.Metadata.HorizontalResolution, picture.Metadata.VerticalResolution) = (PixelResolutionUnit.AspectRatio, 1, 1);
        picture.Metadata.GetPngMetadata().TextData.Clear();
        picture.Metadata.GetGifMetadata().Comments.Clear();
    }

    private void Write(Image<TPixel> thumbnail, ThumbnailTarget target, PixelSize size, ThumbnailStep step)
    {
        if (source.CanCopyPixels && work.IsAsStored(target, step, source.Upright, source.Format))
        {
            source.CopyPixels(target.Path);
            return;
        }

        using Image<TPixel>? smaller = size == step.Layout.Size ? null : Canvas.Resized(thumbnail, size);
        SharpEncoder.Write(smaller ?? thumbnail, target, source.HasFullChroma, source.IsGrey);
    }
}
