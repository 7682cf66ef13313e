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
        byte[] clean = await SvgDocument.ReadAsync(job.Path, cancellationToken);
        await using FileStream file = new(job.Destination, FileMode.Create, FileAccess.Write, FileShare.None);
        await file.WriteAsync(clean, cancellationToken);
        return new JobAnswer();
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
        // Modern formats show an animation's first frame.
        int frames = job.Targets.Any(target => target.Format == ImageFormat.Gif) ? picture.Frames : 1;
        ThumbnailPlan plan = ThumbnailPlan.For(part?.Size ?? picture.Size, [.. job.Targets.Select(target => target.Spec)]);
        await admit(picture.BytesToDecode(part, plan.Base, frames) + ThumbnailEncoder.BytesToEncode(plan.Base, frames, job.Targets));
        using Image @base = picture.Decode(part, plan.Base, frames, cancellationToken);
        return new JobAnswer(Sizes: Carry(plan, @base, frames, job.Targets));
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
        using Image turned = job.Rotation is null ? upright.Copy() : Pixels.Turn(upright, job.Rotation, picture.Frames);
        int quality = job.Format == ImageFormat.Jpeg ? JpegQuality.Estimate(job.Path) : 0;
        ThumbnailEncoder.WriteOriginal(turned, job.Destination, job.Format, quality, ThumbnailEncoder.ChromaOf(stored));
        return new JobAnswer();
    }

    // From here on the original plays no part: what fails is ours (a full disk), not the client's.
    private static PixelSize[] Carry(ThumbnailPlan plan, Image @base, int frames, IReadOnlyList<ThumbnailTarget> targets)
    {
        Dictionary<string, Image> made = [];
        try
        {
            foreach (ThumbnailStep step in plan.Steps)
            {
                Image from = step.From is null ? @base : made[step.From];
                ThumbnailTarget target = targets.Single(one => one.Spec == step.Spec);
                using Image thumbnail = Pixels.ResizeAndCut(from, step.Size, step.Spec, frames);
                made[step.Spec.Suffix] = thumbnail.CopyMemory();
                ThumbnailEncoder.Write(made[step.Spec.Suffix], target, ThumbnailEncoder.ChromaOf(@base));
            }

            return [.. targets.Select(target => new PixelSize(made[target.Spec.Suffix].Width, made[target.Spec.Suffix].Height / frames))];
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
}
