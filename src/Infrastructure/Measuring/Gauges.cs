using System.Diagnostics.Metrics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Resumable;
using Microsoft.Extensions.Hosting;

namespace ImageBackend.Infrastructure.Measuring;

/// <summary>What is measured by looking: it lives, and is looked at, as long as the service.</summary>
internal sealed class Gauges : IHostedService, IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);

    /// <param name="folders">Those that the service writes to, each with its name.</param>
    public Gauges(DecodeQueue queue, MemoryBudget memory, IJobRunner runner, ModernBacklog backlog, PartialUploads partial, IReadOnlyList<(string Name, DirectoryInfo Folder)> folders)
    {
        _meter.CreateObservableGauge("images.decode.running", () => queue.Running, description: "Decoding jobs that run.");
        _meter.CreateObservableGauge("images.decode.waiting", () => queue.Waiting, description: "Decoding jobs that wait for a free place.");
        _meter.CreateObservableGauge("images.decode.memory.reserved", () => memory.Taken, "By", "Memory that running decodes may take.");
        _meter.CreateObservableGauge("images.decode.memory.limit", () => memory.All, "By", "Memory that all decodes together may take.");
        _meter.CreateObservableGauge("images.workers", () => runner.Workers, description: "Worker processes that run.");
        _meter.CreateObservableGauge("images.modern.waiting", () => backlog.Count, description: "Images that wait for their WebP and AVIF in this process.");
        _meter.CreateObservableGauge("images.partial", () => Look(partial, found => found.Count), description: "Resumable uploads in the temp folder, with those whose answer is kept.");
        _meter.CreateObservableGauge("images.partial.bytes", () => Look(partial, found => found.Values.Sum()), "By", "Bytes of resumable uploads in the temp folder.");
        _meter.CreateObservableGauge("images.space.free", () => FreeOf(folders), "By", "Free space on the disks of the folders that the service writes to.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Measures.Begin();
        WorkerMeasures.Begin();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    // Nothing is told while the disk does not work.
    private static IEnumerable<Measurement<long>> Look(PartialUploads partial, Func<IReadOnlyDictionary<string, long>, long> tell)
    {
        try
        {
            return [new Measurement<long>(tell(partial.List()))];
        }
        catch (StorageException)
        {
            return [];
        }
    }

    private static IEnumerable<Measurement<long>> FreeOf(IReadOnlyList<(string Name, DirectoryInfo Folder)> folders)
    {
        foreach ((string name, DirectoryInfo folder) in folders)
        {
            if (DiskSpace.FreeIn(folder) is { } bytes)
            {
                yield return new Measurement<long>(bytes, new KeyValuePair<string, object?>("folder", name));
            }
        }
    }
}
