using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Modern;
using ImageBackend.Infrastructure.Fleet;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Scans incoming at start and periodically, and finishes what a restart interrupted.</summary>
/// <param name="duties">Says whether another process does it; null: none does.</param>
internal sealed class Reconciler(IServiceScopeFactory scopes, TimeProvider time, ILogger<Reconciler> logger, Duties? duties = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly SteadyWork _work = new(logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            if (duties is null || await duties.IsOursAsync("reconciling", stoppingToken))
            {
                await _work.PassAsync("Incoming can't be scanned now", () => ReconcileAsync(stoppingToken), stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        IMediator mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        const string Deletes = "Interrupted deletes can't be finished now";
        await _work.TryAsync(Deletes, Deletes, () => FinishDeletesAsync(mediator, cancellationToken), cancellationToken);
        Reconciled done = await mediator.Send(new ReconcileIncoming(), cancellationToken);
        foreach (Unfinished left in done.Unfinished)
        {
            _work.Tell(left.Key.ToString(), $"The interrupted publish of {left.Key} can't be finished", left.Fault);
        }

        if (done.Queued + done.Published > 0)
        {
            logger.LogInformation("Finished {Published} interrupted publishes and queued {Queued} others", done.Published, done.Queued);
        }
    }

    private async Task FinishDeletesAsync(IMediator mediator, CancellationToken cancellationToken)
    {
        if (await mediator.Send(new FinishDeletes(), cancellationToken) is > 0 and int deleted)
        {
            logger.LogInformation("Finished {Count} interrupted deletes", deleted);
        }
    }
}
