using ImageBackend.Domain;
using ImageBackend.Infrastructure.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Leaves WebP and AVIF to the workers of all machines: sends them the images that wait in this process.</summary>
/// <remarks>What is lost on the way, and what workers fail at, is in incoming until the reconciler queues it again.</remarks>
/// <param name="database">Disposed of with this.</param>
/// <param name="queue">Served by workers that make the same thumbnails in the same place.</param>
internal sealed class ModernSender(ModernBacklog backlog, FleetDatabase database, IFleetBroker broker, string queue, TimeProvider time, ILogger<ModernSender> logger)
    : BackgroundService
{
    // To the database, a job of twenty images costs what a job of one costs.
    private const int MostTogether = 20;

    // Whatever more there is waits in this process, where each image waits only once.
    private const int MostWaiting = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private bool _isDelayed;

    public override void Dispose()
    {
        database.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            IReadOnlyList<ImageKey> images = await backlog.TakeSomeAsync(MostTogether, stoppingToken);
            while (!await TrySendAsync([.. images.Select(image => image.ToString())], stoppingToken))
            {
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TrySendAsync(IReadOnlyList<string> keys, CancellationToken stoppingToken)
    {
        try
        {
            await FleetSchema.CheckAsync(database, stoppingToken);
            long waiting = await broker.CountWaitingAsync(queue, stoppingToken);
            if (waiting >= MostWaiting)
            {
                Tell($"{waiting} jobs wait for a worker. Is there an `images worker` with these settings, BACKGROUND_ENGINE included?");
                return false;
            }

            await broker.SubmitAsync(queue, keys, stoppingToken);
            _isDelayed = false;
            return true;
        }
        catch (FleetException fault)
        {
            Tell(fault.Message);
            return false;
        }
    }

    private void Tell(string reason)
    {
        if (!_isDelayed)
        {
            _isDelayed = true;
            logger.LogWarning("WebP and AVIF are delayed: {Reason}", reason);
        }
    }
}
