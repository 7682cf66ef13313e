using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;
using ImageBackend.Infrastructure.Workspaces;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Does one job with an engine, in this process, on the calling thread. In production that process is a worker.</summary>
/// <param name="conversion">What is converted, and how.</param>
internal sealed class Jobs(IImagingEngine engine, Conversion conversion)
{
    private const int WriteBufferBytes = 128 * 1024;

    /// <param name="admit">
    /// Called before the file is parsed, and for a decode again, after the header was read and before any pixel is.
    /// </param>
    /// <exception cref="InvalidImageException">The picture is broken, or exceeds a limit.</exception>
    /// <exception cref="StorageException">The disk is full or broken.</exception>
    public async Task<JobAnswer> RunAsync(Job job, Admit admit, CancellationToken cancellationToken)
    {
        engine.EnsureReady();
        try
        {
            if (job is ForeignHeaderJob or ConvertJob)
            {
                return await DoForeignAsync((PictureJob)job, admit);
            }

            if (job is PictureJob picture and not InspectJob)
            {
                RequireReadable(picture.Format);
                await admit(KnownFormats.Of(picture.Format).BytesToParse(picture.Path, isDrawn: true));
            }

            return job switch
            {
                CheckJob check => Check(check),
                InspectJob inspect => await InspectAsync(inspect, admit, cancellationToken),
                CompareJob compare => await CompareAsync(compare, admit, cancellationToken),
                HeaderJob header => await ReadHeaderAsync(header, cancellationToken),
                StripJob strip => Strip(strip),
                ThumbnailsJob thumbnails => await MakeThumbnailsAsync(thumbnails, admit, cancellationToken),
                HashJob hash => new JobAnswer(ThumbHash: await HashAsync(hash.Path, hash.Format, cancellationToken)),
                TurnJob turn => await TurnAsync(turn, admit, cancellationToken),
                _ => throw new ArgumentException($"No such job: {job.GetType().Name}.", nameof(job)),
            };
        }
        catch (Exception exception) when (engine.DiskFaultIn(exception) is { } fault)
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, fault);
        }
        catch (Exception exception) when (engine.IsOfPicture(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.", inner: exception);
        }
    }

    private JobAnswer Check(CheckJob job) => new(
        Open: engine.FindOpenDecoder(job.Folder, conversion.Formats), Closed: engine.FindClosedDecoder(job.Folder, conversion));

    private async Task<JobAnswer> DoForeignAsync(PictureJob job, Admit admit)
    {
        if (!conversion.Takes(job.Format))
        {
            throw new InvalidImageException(InvalidImageException.UnsupportedFormat, $"{Conversion.NameOf(job.Format)} photos are not accepted.");
        }

        await admit(FormatCodec.OnceBytes + new FileInfo(job.Path).Length);
        IForeignPicture picture = engine.OpenForeign(job.Path, job.Format, conversion.HeicDecoder);
        if (job is ConvertJob convert)
        {
            await admit(picture.NeedToConvert());
            picture.Convert(convert.Into, conversion.Quality, convert.Destination);
            return new JobAnswer();
        }

        return new JobAnswer(Header: new ImageHeader(picture.Size, Frames: 1, Facts: FactsOf(picture.Exif)));
    }

    private void RequireReadable(ImageFormat format)
    {
        if (!engine.Originals.Contains(format))
        {
            throw new InvalidImageException(InvalidImageException.UnsupportedFormat, $"{format} files can't be read with IMAGING_ENGINE={engine.Name}.");
        }
    }

    private async Task<JobAnswer> InspectAsync(InspectJob job, Admit admit, CancellationToken cancellationToken)
    {
        if (job.Format == ImageFormat.Svg)
        {
            await RequireDrawingAsync(job.Path, cancellationToken);
            if (job.Sanitised is null)
            {
                return new JobAnswer();
            }

            RequireReadable(job.Format);
            SvgDocument.RequireSmall(new FileInfo(job.Path).Length); // before requesting that much memory
        }

        await admit(KnownFormats.Of(job.Format).BytesToParse(job.Path, isDrawn: false));
        return job.Sanitised is { } sanitised && job.Format == ImageFormat.Svg
            ? await SanitiseAsync(job.Path, sanitised, cancellationToken)
            : await ReadHeaderAsync(job, cancellationToken);
    }

    private async Task RequireDrawingAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (await FormatSniffer.SniffAsync(file, cancellationToken) != ImageFormat.Svg)
        {
            throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, $"The file is not a picture in an accepted format: {conversion.AcceptedNames}.");
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

    private async Task<JobAnswer> ReadHeaderAsync(PictureJob job, CancellationToken cancellationToken)
    {
        IPicture picture = await engine.OpenAsync(job.Path, job.Format, cancellationToken);
        return new JobAnswer(Header: new ImageHeader(
            picture.Size, picture.Frames, picture.IsUpright, picture.IsInterlaced, FactsOf(picture.Exif)));
    }

    private static PhotoFacts? FactsOf(byte[]? exif)
    {
        PhotoFacts facts = ExifFacts.Of(exif);
        return facts == PhotoFacts.None ? null : facts;
    }

    private static JobAnswer Strip(StripJob job)
    {
        using FileStream source = new(job.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream destination = new(job.Destination, FileMode.Create, FileAccess.Write, FileShare.None, WriteBufferBytes);
        KnownFormats.Of(job.Format).Strip(source, destination, job.What);
        return new JobAnswer();
    }

    private async Task<JobAnswer> MakeThumbnailsAsync(ThumbnailsJob job, Admit admit, CancellationToken cancellationToken)
    {
        IPicture picture = await engine.OpenAsync(job.Path, job.Format, cancellationToken);
        IReadOnlyList<ThumbnailWork> works = ThumbnailWork.Of(job.Targets, job.Crop, picture.Size, picture.Frames);
        await admit(picture.NeedToMake(works));
        (ThumbnailWork Work, MadeWork Made)[] made = [.. works.Select(work => (work, picture.Make(work, cancellationToken)))];
        Dictionary<ThumbnailTarget, PixelSize> sizes = made.SelectMany(one => one.Made.Sizes).ToDictionary();
        RgbaSample? sample = made.OrderBy(one => one.Work.Smallest.Layout.Size.Pixels).Select(one => one.Made.Sample).FirstOrDefault(one => one is not null);
        return new JobAnswer(
            Sizes: [.. job.Targets.Select(target => sizes[target])],
            ThumbHash: sample is null ? null : TextOf(sample));
    }

    private async Task<string> HashAsync(string path, ImageFormat format, CancellationToken cancellationToken)
    {
        IPicture picture = await engine.OpenAsync(path, format, cancellationToken);
        return TextOf(picture.Sample(ThumbHash.MaxSide, cancellationToken));
    }

    private static string TextOf(RgbaSample sample) => Convert.ToBase64String(ThumbHash.Of(sample));

    private async Task<JobAnswer> TurnAsync(TurnJob job, Admit admit, CancellationToken cancellationToken)
    {
        IPicture picture = await engine.OpenAsync(job.Path, job.Format, cancellationToken);
        if (picture.WhyNotTurned is { } reason)
        {
            throw new InvalidImageException(InvalidImageException.BadRotation, reason);
        }

        await admit(picture.NeedToTurn());
        picture.Turn(job.Rotation, job.Destination);
        return new JobAnswer();
    }
}
