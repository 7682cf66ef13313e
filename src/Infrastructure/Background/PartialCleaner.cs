using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Resumable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Removes resumable uploads that were not finished in time. Several servers may do so at the same time.</summary>
internal sealed class PartialCleaner(PartialUploads uploads, TimeProvider time, ILogger<PartialCleaner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly SteadyWork _work = new(logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await _work.PassAsync("Partial uploads can't be removed now", Sweep, stoppingToken);
        }
    }

    private Task Sweep()
    {
        Swept swept = uploads.Sweep();
        if (swept.Removed > 0)
        {
            logger.LogInformation("Removed {Count} partial uploads that were not finished in time", swept.Removed);
        }

        return swept.Stuck == 0 ? Task.CompletedTask : throw new StorageException("temp", $"{swept.Stuck} files can't be removed; the first because of: {swept.Trouble}");
    }
}
