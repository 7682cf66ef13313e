using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Svg;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Workspaces;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Does one job with libvips, in this process, on the calling thread. In production that process is a worker.</summary>
internal static class Engine
{
    /// <param name="admit">Asked once, after the header was read and before any pixel is.</param>
    /// <exception cref="InvalidImageException">The picture is broken, or past a limit.</exception>
    /// <exception cref="StorageException">The disk is full or broken.</exception>
    public static async Task<JobAnswer> RunAsync(Job job, Admit admit, CancellationToken cancellationToken)
    {
        Vips.EnsureReady();
        try
        {
            return job switch
            {
                CheckJob check => LoaderCheck.Run(check.Folder),
                SanitiseJob sanitise => await SanitiseAsync(sanitise, cancellationToken),
                CompareJob compare => await CompareAsync(compare, cancellationToken),
                HeaderJob header => await ReadHeaderAsync(header, cancellationToken),
                ThumbnailsJob thumbnails => await MakeThumbnailsAsync(thumbnails, admit, cancellationToken),
                TurnJob turn => await TurnAsync(turn, admit, cancellationToken),
                _ => throw new ArgumentException($"No such job: {job.GetType().Name}.", nameof(job)),
            };
        }
        catch (VipsException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.", inner: exception);
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
        }
    }

    private static async Task<JobAnswer> SanitiseAsync(SanitiseJob job, CancellationToken cancellationToken)
    {
        SvgCopy clean = await SvgDocument.ReadAsync(job.Path, SvgForm.Stored, cancellationToken);
        await using FileStream file = new(job.Destination, FileMode.Create, FileAccess.Write, FileShare.None);
        await file.WriteAsync(clean.Content, cancellationToken);
        return new JobAnswer(Drawing: clean.HasDroppedUnseen ? DrawingChange.Altered : clean.HasDropped ? DrawingChange.Unclear : DrawingChange.None);
    }

    // A job of its own, with time of its own: a large drawing that has to be looked at is no costlier to take than others.
    private static async Task<JobAnswer> CompareAsync(CompareJob job, CancellationToken cancellationToken)
    {
        SvgCopy unfiltered = await SvgDocument.ReadAsync(job.Path, SvgForm.Unfiltered, cancellationToken);
        SvgCopy stored = await SvgDocument.ReadAsync(job.Sanitised, SvgForm.Stored, cancellationToken);
        bool isAltered = unfiltered.HasDroppedUnseen || !SvgComparison.AreAlike(unfiltered.Content, stored.Content);
        return new JobAnswer(Drawing: isAltered ? DrawingChange.Altered : DrawingChange.None);
    }

    private static async Task<JobAnswer> ReadHeaderAsync(HeaderJob job, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(job.Path, job.Format, cancellationToken);
        return new JobAnswer(Header: new ImageHeader(picture.Size, picture.Frames, picture.IsUpright, picture.IsInterlaced));
    }

    private static async Task<JobAnswer> MakeThumbnailsAsync(ThumbnailsJob job, Admit admit, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(job.Path, job.Format, cancellationToken);
        PixelRect? part = Clip(job.Crop, picture.Size);
        // One decode for all thumbnails of the whole picture. Parts have one of their own: cut from what was made smaller already
        // their rims would lie between its pixels. So do formats that show an animation's first frame only.
        Work[] works =
        [
            .. from target in job.Targets
               group target by (Part: Within(part, picture.Size, target.Spec), Frames: target.Format == ImageFormat.Gif ? picture.Frames : 1) into alike
               let specs = alike.Select(target => target.Spec).Distinct()
               select new Work(alike.Key.Part, alike.Key.Frames, ThumbnailPlan.For(alike.Key.Part?.Size ?? picture.Size, [.. specs]), [.. alike]),
        ];
        await admit(works.Max(work =>
            picture.BytesToDecode(work.Part, work.Plan.Base, work.Frames) + ThumbnailEncoder.BytesToEncode(work.Plan.Largest, work.Frames, work.Targets)));
        Dictionary<ThumbnailTarget, PixelSize> sizes = [];
        foreach (Work work in works)
        {
            using Image @base = picture.Decode(work.Part, work.Plan.Base, work.Frames, cancellationToken);
            Carry(picture, work, @base, sizes);
        }

        return new JobAnswer(Sizes: [.. job.Targets.Select(target => sizes[target])]);
    }

    // What a spec shows of the picture, or of the part that alone counts of it; null: all of the picture.
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
            : throw new InvalidImageException(InvalidImageException.BadCrop, $"The crop {crop} lies wholly outside of the picture of {picture} pixels.");
    }

    private static async Task<JobAnswer> TurnAsync(TurnJob job, Admit admit, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(job.Path, job.Format, cancellationToken);
        await admit(picture.BytesToTurn());
        using Image stored = picture.Open();
        using Image upright = stored.Autorot();
        using Image rotated = job.Rotation is null ? upright.Copy() : Pixels.Turn(upright, job.Rotation, picture.Frames);
        using Image turned = TurnedMetadata.Of(rotated);
        int quality = job.Format == ImageFormat.Jpeg ? JpegQuality.Estimate(job.Path) : 0;
        ThumbnailEncoder.WriteOriginal(turned, job.Destination, job.Format, quality, ThumbnailEncoder.ChromaOf(stored));
        return new JobAnswer();
    }

    // The original is decoded, so it is whole: what fails from here on is ours (a full disk), not the client's.
    private static void Carry(PictureFile picture, Work work, Image @base, Dictionary<ThumbnailTarget, PixelSize> sizes)
    {
        Dictionary<string, Image> made = [];
        try
        {
            foreach (ThumbnailStep step in work.Plan.Steps)
            {
                Image from = step.From is null ? @base : made[step.From];
                using Image laidOut = Pixels.LayOut(from, step.Layout, step.Spec.Background, work.Frames);
                Image thumbnail = made[step.Spec.Suffix] = laidOut.CopyMemory();
                foreach (ThumbnailTarget target in work.Targets.Where(target => target.Spec == step.Spec))
                {
                    if (work.Part is null && picture.IsShownAsStored(target, step.Layout))
                    {
                        picture.CopyTo(target.Path);
                    }
                    else
                    {
                        ThumbnailEncoder.Write(thumbnail, target, ThumbnailEncoder.ChromaOf(@base));
                    }

                    sizes[target] = new PixelSize(thumbnail.Width, thumbnail.Height / work.Frames);
                }
            }
        }
        catch (VipsException exception)
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
        }
        finally
        {
            foreach (Image image in made.Values)
            {
                image.Dispose();
            }
        }
    }

    /// <summary>Thumbnails that come from one decode.</summary>
    /// <param name="Part">Of the upright picture; null: all of it.</param>
    /// <param name="Frames">All of the picture's, or 1.</param>
    /// <param name="Targets">Several of one spec differ in their formats.</param>
    private sealed record Work(PixelRect? Part, int Frames, ThumbnailPlan Plan, IReadOnlyList<ThumbnailTarget> Targets);
}
