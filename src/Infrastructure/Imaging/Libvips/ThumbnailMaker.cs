using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Makes the thumbnails of one decode.</summary>
internal sealed class ThumbnailMaker(PictureFile picture, ThumbnailWork work) : IDisposable
{
    private readonly Dictionary<ThumbnailTarget, GifJoiner> _films = [];
    private readonly Dictionary<ThumbnailTarget, PixelSize> _sizes = [];
    private RgbaSample? _sample;

    public MadeWork Make(CancellationToken cancellationToken)
    {
        Decodes.Count.Add(1);
        foreach (FrameRun run in picture.Decode(work.Part, work.Plan.Base, work.Frames, cancellationToken))
        {
            using (run)
            {
                Render(run);
            }
        }

        foreach (GifJoiner film in _films.Values)
        {
            film.Complete();
        }

        // Only once everything was decoded: a broken picture would be copied up to the fault.
        foreach (ThumbnailStep step in work.Plan.Steps)
        {
            foreach (ThumbnailTarget target in work.TargetsOf(step).Where(target => IsCopied(target, step)))
            {
                picture.Source.CopyPixels(target.Path);
            }
        }

        return new MadeWork(_sizes, _sample);
    }

    public void Dispose()
    {
        foreach (GifJoiner film in _films.Values)
        {
            film.Dispose();
        }
    }

    private bool IsCopied(ThumbnailTarget target, ThumbnailStep step) => picture.Source.CanCopyPixels && work.IsAsStored(target, step, picture.Size, picture.Format);

    // These frames are decoded, so they are intact: any failure from here on is not the client's fault.
    private void Render(FrameRun run)
    {
        Dictionary<string, Image> made = [];
        try
        {
            foreach (ThumbnailStep step in work.Plan.Steps)
            {
                Image from = step.From is null ? run.Pixels : made[step.From];
                Image thumbnail = made[step.Spec.Suffix] = Pixels.LayOut(from, step.Layout, step.Spec.Background, run.Frames);
                if (work.IsSampled && step == work.Smallest)
                {
                    _sample ??= Pixels.Sample(thumbnail, run.Frames, ThumbHash.MaxSide);
                }

                foreach (ThumbnailTarget target in work.TargetsOf(step))
                {
                    _sizes[target] = target.Format.Bounded(step.Layout.Size);
                    if (!IsCopied(target, step))
                    {
                        using Image fitting = Pixels.Fit(thumbnail, _sizes[target], run.Frames);
                        Write(fitting, run, target, hasFullChroma: JpegChroma.IsFull(run.Pixels));
                    }
                }
            }
        }
        finally
        {
            foreach (Image image in made.Values)
            {
                image.Dispose();
            }
        }
    }

    private void Write(Image thumbnail, FrameRun run, ThumbnailTarget target, bool hasFullChroma)
    {
        try
        {
            if (run.IsAll)
            {
                ThumbnailEncoder.Write(thumbnail, target, hasFullChroma);
                return;
            }

            GifJoiner film = _films.TryGetValue(target, out GifJoiner? begun) ? begun : _films[target] = new GifJoiner(target.Path);
            film.Append(thumbnail, run.Skip, run.Take, Enums.ForeignKeep.None);
        }
        catch (VipsException exception) when (VipsFaults.DiskFaultIn(exception) is null)
        {
            throw new InvalidImageException(InvalidImageException.TooComplex, $"A thumbnail of this picture can't be written as {target.Format}.", inner: exception);
        }
    }
}
