using System.Diagnostics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Foreign;
using ImageBackend.Infrastructure.Workspaces;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Does jobs as workers and memory become available.</summary>
internal sealed class ImageProcessor : IImageProcessor, IConvertedFormats, IDisposable, IAsyncDisposable
{
    private readonly DecodeQueue _queue;
    private readonly MemoryBudget _memory;
    private readonly IJobRunner _runner;
    private readonly Conversion _conversion;
    private readonly ILogger<ImageProcessor> _logger;
    private readonly Lazy<Task> _prepared;
    private readonly CancellationTokenSource _end = new();
    private bool _decodesHeic;

    /// <param name="engine">As in <see cref="Engine"/>.</param>
    public ImageProcessor(DecodeQueue queue, MemoryBudget memory, IJobRunner runner, IWorkspaces workspaces, Conversion conversion, ILogger<ImageProcessor> logger, string? engine = null)
    {
        Engine = engine;
        (_queue, _memory, _runner, _conversion, _logger) = (queue, memory, runner, conversion, logger);
        _prepared = new Lazy<Task>(() => CheckAsync(workspaces));
    }

    public string? Engine { get; }

    // Once prepared: why HEIC is refused although it is wanted, and what helps. Null: it is not.
    private string? WhyNoHeic =>
        !_conversion.Formats.Contains(ImageFormat.Heic) || _decodesHeic ? null
        : _conversion.HeicDecoder is { } decoder ? $"{decoder.Path} can't decode them: install libheif's plugin for libde265, or name another program by HEIF_CONVERT."
        : "heif-convert is not installed: install libheif-examples (Debian, Ubuntu) with its plugin for libde265, or name the program by HEIF_CONVERT.";

    public async Task<IReadOnlyList<ImageFormat>> FindAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync().WaitAsync(cancellationToken);
        return [.. _conversion.Formats.Where(format => format != ImageFormat.Heic || _decodesHeic)];
    }

    /// <summary>Proves once that the intended decoders work, and no others: at start, or before the first job.</summary>
    /// <exception cref="DecodersException">The proof failed.</exception>
    public Task PrepareAsync() => _prepared.Value;

    public async Task<Inspection> InspectAsync(string path, string? sanitised, CancellationToken cancellationToken)
    {
        byte[] head = await ReadSignatureAsync(path, cancellationToken);
        if (ForeignFormats.BySignature(head) is { } foreign && _conversion.Formats.Contains(foreign))
        {
            await RequireDecoderAsync(foreign, cancellationToken);
            return new Inspection(foreign, (await RunAsync(new ForeignHeaderJob(path, foreign), cancellationToken)).Header);
        }

        // A drawing has no signature: a worker looks for its root. The format determines the limits of the job, so a worker can't
        // be asked for it.
        ImageFormat format = KnownFormats.BySignature(head) ?? ImageFormat.Svg;
        JobAnswer answer = await RunAsync(new InspectJob(path, format, sanitised), cancellationToken);
        DrawingChange? change = answer.Drawing == DrawingChange.Unclear
            ? (await RunAsync(new CompareJob(path, ImageFormat.Svg, sanitised!), cancellationToken)).Drawing
            : answer.Drawing;
        return new Inspection(format, answer.Header, IsAltered: change == DrawingChange.Altered);
    }

    public Task ConvertAsync(string path, ImageFormat format, ImageFormat? into, string destination, CancellationToken cancellationToken) =>
        RunAsync(new ConvertJob(path, format, into, destination), cancellationToken);

    public async Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        (await RunAsync(new HeaderJob(path, format), cancellationToken)).Header!;

    public Task StripAsync(string path, ImageFormat format, Stripping what, string destination, CancellationToken cancellationToken) =>
        RunAsync(new StripJob(path, format, what, destination), cancellationToken);

    public async Task<MadePictures> MakeThumbnailsAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken)
    {
        JobAnswer answer = await RunAsync(new ThumbnailsJob(path, format, crop, targets), cancellationToken);
        return new MadePictures(answer.Sizes!, answer.ThumbHash);
    }

    public async Task<string> HashAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        (await RunAsync(new HashJob(path, format), cancellationToken)).ThumbHash!;

    public Task TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination, CancellationToken cancellationToken) =>
        RunAsync(new TurnJob(path, format, rotation, destination), cancellationToken);

    /// <summary>For hosts that end synchronously.</summary>
    public void Dispose() => _end.Cancel();

    /// <summary>Waits for a proof that is under way, since its workspace must be removed too.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (_prepared.IsValueCreated)
        {
            await _prepared.Value.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task<byte[]> ReadSignatureAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            byte[] head = new byte[ForeignFormats.SignatureBytes];
            int length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            return head[..length];
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(TempFolderWorkspaces.StorageName, exception);
        }
    }

    private async Task RequireDecoderAsync(ImageFormat format, CancellationToken cancellationToken)
    {
        await PrepareAsync().WaitAsync(cancellationToken);
        if (format == ImageFormat.Heic && !_decodesHeic)
        {
            throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, "HEIC photos can't be read here, since their decoder is not installed; send it as JPEG.");
        }
    }

    private async Task CheckAsync(IWorkspaces workspaces)
    {
        using IWorkspace workspace = workspaces.Open();
        JobAnswer answer = await _runner.RunAsync(new CheckJob(workspace.PathOf("")), _ => Task.CompletedTask, _end.Token);
        if (answer.Open is { } open)
        {
            throw new DecodersException($"The imaging library reads {open}, though it must not: {open} is in a format that this service never decodes.");
        }

        _decodesHeic = _conversion.Takes(ImageFormat.Heic) && answer.Closed != ImageFormat.Heic;
        if (answer.Closed is { } closed && closed != ImageFormat.Heic)
        {
            throw new DecodersException($"The imaging library does not read {Conversion.NameOf(closed)}; leave it out of CONVERT_UPLOADS.");
        }

        if (WhyNoHeic is { } reason)
        {
            _logger.LogInformation("HEIC photos are refused, since {Reason}", reason);
        }
    }

    private async Task<JobAnswer> RunAsync(Job job, CancellationToken cancellationToken)
    {
        await PrepareAsync().WaitAsync(cancellationToken);
        long began = Stopwatch.GetTimestamp();
        using IDisposable place = await _queue.EnterAsync(cancellationToken);
        DecodeMeasures.Waited(Stopwatch.GetElapsedTime(began));
        IDisposable? share = null;
        try
        {
            return await DecodeMeasures.MeasureAsync(job, () => _runner.RunAsync(job, AdmitAsync, cancellationToken));
        }
        finally
        {
            share?.Dispose();
        }

        async Task AdmitAsync(Need need)
        {
            share?.Dispose(); // now reduced, or that of a worker that died
            share = await _memory.TakeAsync(need.Bytes, cancellationToken);
        }
    }
}
