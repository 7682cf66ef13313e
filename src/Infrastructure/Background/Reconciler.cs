using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Modern;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Looks through incoming at start and from time to time, and has finished what a restart cut off.</summary>
internal sealed class Reconciler(IServiceScopeFactory scopes, TimeProvider time, ILogger<Reconciler> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            try
            {
                using IServiceScope scope = scopes.CreateScope();
                IMediator mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
                if (await mediator.Send(new FinishDeletes(), stoppingToken) is > 0 and int deleted)
                {
                    logger.LogInformation("{Count} removals that were cut off are finished", deleted);
                }

                Reconciled done = await mediator.Send(new ReconcileIncoming(), stoppingToken);
                if (done.Queued + done.Published > 0)
                {
                    logger.LogInformation("Of what was cut off, {Published} publishes are finished and {Queued} are in the queue", done.Published, done.Queued);
                }
            }
            catch (Exception failure) when (failure is StorageException or BusyException)
            {
                logger.LogWarning("Incoming can't be looked through now: {Failure}", failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
