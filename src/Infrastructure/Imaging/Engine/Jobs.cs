using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;
using ImageBackend.Infrastructure.Workspaces;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Does one job with libvips, in this process, on the calling thread. In production that process is a worker.</summary>
internal static class Jobs
{
    private const int WriteBufferBytes = 128 * 1024;

    /// <param name="admit">
    /// Called before the file is parsed, and for a decode again, after the header was read and before any pixel is.
    /// </param>
    /// <exception cref="InvalidImageException">The picture is broken, or exceeds a limit.</exception>
    /// <exception cref="StorageException">The disk is full or broken.</exception>
    public static async Task<JobAnswer> RunAsync(Job job, Admit admit, CancellationToken cancellationToken)
    {
        Vips.EnsureReady();
        try
        {
            if (job is PictureJob picture and not InspectJob)
            {
                await admit(KnownFormats.Of(picture.Format).BytesToParse(picture.Path, isDrawn: true));
            }

            return job switch
            {
                CheckJob check => LoaderCheck.Run(check.Folder),
                InspectJob inspect => await InspectAsync(inspect, admit, cancellationToken),
                CompareJob compare => await CompareAsync(compare, admit, cancellationToken),
                HeaderJob header => await ReadHeaderAsync(header, cancellationToken),
                StripJob strip => Strip(strip),
                ThumbnailsJob thumbnails => await MakeThumbnailsAsync(thumbnails, admit, cancellationToken),
                TurnJob turn => await TurnAsync(turn, admit, cancellationToken),
                _ => throw new ArgumentException($"No such job: {job.GetType().Name}.", nameof(job)),
            };
        }
        catch (Exception exception) when (VipsFaults.DiskFaultIn(exception) is { } fault)
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, fault);
        }
        catch (VipsException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.", inner: exception);
        }
    }

    private static async Task<JobAnswer> InspectAsync(InspectJob job, Admit admit, CancellationToken cancellationToken)
    {
        if (job.Format == ImageFormat.Svg)
        {
            await RequireDrawingAsync(job.Path, cancellationToken);
            if (job.Sanitised is null)
            {
                return new JobAnswer();
            }

            SvgDocument.RequireSmall(new FileInfo(job.Path).Length); // before requesting that much memory
        }

        await admit(KnownFormats.Of(job.Format).BytesToParse(job.Path, isDrawn: false));
        return job.Sanitised is { } sanitised && job.Format == ImageFormat.Svg
            ? await SanitiseAsync(job.Path, sanitised, cancellationToken)
            : await ReadHeaderAsync(job, cancellationToken);
    }

    private static async Task RequireDrawingAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (await FormatSniffer.SniffAsync(file, cancellationToken) != ImageFormat.Svg)
        {
            throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, $"The file is not a picture in an accepted format: {KnownFormats.Names}.");
        }
    }

    private static async Task<JobAnswer> SanitiseAsync(string path, string sanitised, CancellationToken cancellationToken)
    {
        SvgCopy clean = await SvgDocument.ReadAsync(path, SvgForm.Stored, cancellationToken);
        await using FileStream file = new(sanitised, FileMode.Create, FileAccess.Write, FileShare.None);
        await file.WriteAsync(clean.Content, cancellationToken);
        return new JobAnswer(
            Header: new ImageHeader(SvgFile.PixelsOf(clean.Size), Frames: 1),
            Drawing: clean.HasDroppedUnseen ? DrawingChange.Altered : clean.HasDropped ? DrawingChange.Unclear : DrawingChange.None);
    }

    // A separate job with its own time, so that a large drawing that must be compared costs no more to accept than others.
    private static async Task<JobAnswer> CompareAsync(CompareJob job, Admit admit, CancellationToken cancellationToken)
    {
        SvgCopy unfiltered = await SvgDocument.ReadAsync(job.Path, SvgForm.Unfiltered, cancellationToken);
        SvgCopy stored = await SvgDocument.ReadAsync(job.Sanitised, SvgForm.Stored, cancellationToken);
        await admit(SvgFile.BytesToCompare(unfiltered.Content, stored.Content));
        bool isAltered = unfiltered.HasDroppedUnseen || !SvgComparison.AreAlike(unfiltered.Content, stored.Content);
        return new JobAnswer(Drawing: isAltered ? DrawingChange.Altered : DrawingChange.None);
    }

    private static async Task<JobAnswer> ReadHeaderAsync(PictureJob job, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(job.Path, job.Format, cancellationToken);
        PhotoFacts facts = ExifFacts.Of(picture.Source.Exif);
        return new JobAnswer(Header: new ImageHeader(
            picture.Size, picture.Frames, picture.IsUpright, picture.Source.IsInterlaced, facts == PhotoFacts.None ? null : facts));
    }

    private static JobAnswer Strip(StripJob job)
    {
        using FileStream source = new(job.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream destination = new(job.Destination, FileMode.Create, FileAccess.Write, FileShare.None, WriteBufferBytes);
        KnownFormats.Of(job.Format).Strip(source, destination, job.What);
        return new JobAnswer();
    }

    private static async Task<JobAnswer> MakeThumbnailsAsync(ThumbnailsJob job, Admit admit, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(job.Path, job.Format, cancellationToken);
        PixelRect? part = Clip(job.Crop, picture.Size);
        // One decode serves all thumbnails of the whole picture. Parts get their own decode, because in a picture that is already shrunk
        // their edges would fall between pixels. So do formats that show only the first frame of an animation.
        Work[] works =
        [
            .. from target in job.Targets
               group target by (Part: Within(part, picture.Size, target.Spec), Frames: target.Format == ImageFormat.Gif ? picture.Frames : 1) into alike
               let specs = alike.Select(target => target.Spec).Distinct()
               select new Work(alike.Key.Part, alike.Key.Frames, ThumbnailPlan.For(alike.Key.Part?.Size ?? picture.Size, [.. specs]), [.. alike]),
        ];
        await admit(Need.Of(
            works.Max(work => picture.BytesToDecode(work.Part, work.Plan.Base, work.Frames)
                + ThumbnailEncoder.BytesToEncode(work.Plan.Largest, FrameRun.Most(work.Plan.Base.Pixels, work.Frames), work.Targets)),
            works.Where(work => work.Frames > 1).Sum(work => work.Frames * work.Plan.Steps.Sum(step => step.Layout.Size.Pixels))));
        Dictionary<ThumbnailTarget, PixelSize> sizes = [];
        foreach (Work work in works)
        {
            Make(picture, work, sizes, cancellationToken);
        }

        return new JobAnswer(Sizes: [.. job.Targets.Select(target => sizes[target])]);
    }

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

    private static async Task<JobAnswer> TurnAsync(TurnJob job, Admit admit, CancellationToken cancellationToken)
    {
        PictureFile picture = await PictureFile.OpenAsync(job.Path, job.Format, cancellationToken);
        if (picture.Source.WhyNotTurned is { } reason)
        {
            throw new InvalidImageException(InvalidImageException.BadRotation, reason);
        }

        await admit(Need.Of(picture.BytesToTurn(), picture.Frames > 1 ? picture.Frames * picture.Size.Pixels : 0));
        if (picture.Frames > 1)
        {
            TurnFrames(picture, job);
            return new JobAnswer();
        }

        using Image stored = picture.Source.LoadToTurn();
        using Image upright = stored.Autorot();
        using Image rotated = job.Rotation is null ? upright.Copy() : Pixels.Turn(upright, job.Rotation, frames: 1);
        using Image turned = TurnedMetadata.Of(rotated);
        picture.Source.Write(turned, job.Destination);
        return new JobAnswer();
    }

    private static void TurnFrames(PictureFile picture, TurnJob job)
    {
        using GifJoiner film = new(job.Destination);
        foreach (FrameRun run in picture.OpenFrames())
        {
            using (run)
            {
                using Image turned = job.Rotation is null ? run.Pixels.Copy() : Pixels.Turn(run.Pixels, job.Rotation, run.Frames);
                film.Append(turned, run.Skip, run.Take, Enums.ForeignKeep.All);
            }
        }

        film.Complete();
    }

    private static void Make(PictureFile picture, Work work, Dictionary<ThumbnailTarget, PixelSize> sizes, CancellationToken cancellationToken)
    {
        Dictionary<ThumbnailTarget, GifJoiner> films = [];
        try
        {
            foreach (FrameRun run in picture.Decode(work.Part, work.Plan.Base, work.Frames, cancellationToken))
            {
                using (run)
                {
                    RenderThumbnails(picture, work, run, films, sizes);
                }
            }

            foreach (GifJoiner film in films.Values)
            {
                film.Complete();
            }
        }
        finally
        {
            foreach (GifJoiner film in films.Values)
            {
                film.Dispose();
            }
        }

        // Only once everything was decoded: a broken picture would be copied up to the fault.
        foreach (ThumbnailStep step in work.Plan.Steps)
        {
            foreach (ThumbnailTarget target in work.Targets.Where(target => target.Spec == step.Spec && work.IsCopied(picture, target, step)))
            {
                picture.Source.CopyPixels(target.Path);
            }
        }
    }

    // These frames are decoded, so they are intact: any failure from here on is not the client's fault.
    private static void RenderThumbnails(
        PictureFile picture, Work work, FrameRun run, Dictionary<ThumbnailTarget, GifJoiner> films, Dictionary<ThumbnailTarget, PixelSize> sizes)
    {
        Dictionary<string, Image> made = [];
        try
        {
            foreach (ThumbnailStep step in work.Plan.Steps)
            {
                Image from = step.From is null ? run.Pixels : made[step.From];
                using Image laidOut = Pixels.LayOut(from, step.Layout, step.Spec.Background, run.Frames);
                Image thumbnail = made[step.Spec.Suffix] = laidOut.CopyMemory();
                foreach (ThumbnailTarget target in work.Targets.Where(target => target.Spec == step.Spec))
                {
                    sizes[target] = target.Format.Bounded(step.Layout.Size);
                    if (!work.IsCopied(picture, target, step))
                    {
                        using Image fitting = Pixels.Resize(thumbnail, sizes[target], run.Frames);
                        Write(fitting, run, target, films, hasFullChroma: JpegChroma.IsFull(run.Pixels));
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

    private static void Write(Image thumbnail, FrameRun run, ThumbnailTarget target, Dictionary<ThumbnailTarget, GifJoiner> films, bool hasFullChroma)
    {
        try
        {
            if (run.IsAll)
            {
                ThumbnailEncoder.Write(thumbnail, target, hasFullChroma);
                return;
            }

            GifJoiner film = films.TryGetValue(target, out GifJoiner? begun) ? begun : films[target] = new GifJoiner(target.Path);
            film.Append(thumbnail, run.Skip, run.Take, Enums.ForeignKeep.None);
        }
        catch (VipsException exception) when (VipsFaults.DiskFaultIn(exception) is null)
        {
            throw new InvalidImageException(InvalidImageException.TooComplex, $"A thumbnail of this picture can't be written as {target.Format}.", inner: exception);
        }
    }

    /// <summary>Thumbnails made from one decode.</summary>
    /// <param name="Part">Part of the upright picture; null: all of it.</param>
    /// <param name="Frames">All frames of the picture, or 1.</param>
    /// <param name="Targets">Targets of the same spec differ in their formats.</param>
    private sealed record Work(PixelRect? Part, int Frames, ThumbnailPlan Plan, IReadOnlyList<ThumbnailTarget> Targets)
    {
        public bool IsCopied(PictureFile picture, ThumbnailTarget target, ThumbnailStep step) => Part is null && picture.IsShownAsStored(target, step.Layout);
    }
}
