using ImageBackend.Application.Images.Clean;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Fleet;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Periodically removes uploads that were not published in time. Several servers may do so at the same time.</summary>
/// <param name="duties">Says whether another process does it; null: none does.</param>
internal sealed class Cleaner(CleaningSettings settings, IServiceScopeFactory scopes, TimeProvider time, ILogger<Cleaner> logger, Duties? duties = null) : BackgroundService
{
    private readonly SteadyWork _work = new(logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Interval == TimeSpan.Zero)
        {
            return;
        }

        // Not immediately: after a long stop the reconciler first finishes interrupted work.
        using PeriodicTimer timer = new(settings.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (duties is null || await duties.IsOursAsync("cleaning", stoppingToken))
            {
                await _work.PassAsync("Incoming can't be cleaned now", () => CleanAsync(stoppingToken), stoppingToken);
            }
        }
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        IMediator mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        await foreach (ImageKey key in scope.ServiceProvider.GetRequiredService<ExpiredUploads>().ListAsync(settings.TimeToLive, cancellationToken))
        {
            await _work.TryAsync(
                key.ToString(),
                $"{key}, which was not published in time, can't be removed",
                async () => removed += await mediator.Send(new RemoveExpiredUpload(key, settings.TimeToLive), cancellationToken) == ExpiryOutcome.Removed ? 1 : 0,
                cancellationToken);
            if (_work.IsGivenUp)
            {
                break;
            }
        }

        if (removed > 0)
        {
            logger.LogInformation("Removed {Count} uploads that were not published within {TimeToLive}", removed, Durations.ToText(settings.TimeToLive));
        }
    }
}
