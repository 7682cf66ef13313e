using ImageBackend.Application.Images.Modern;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Makes WebP and AVIF after uploads and publishes were answered: of as many images at a time as half of the workers, at least of
/// one, so that the other half is left for uploads.</summary>
internal sealed class ModernWorker(ModernBacklog backlog, ImagingSettings settings, IServiceScopeFactory scopes, ILogger<ModernWorker> logger) : BackgroundService
{
    private readonly SteadyWork _work = new(logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Math.Max(1, settings.DecodeWorkers / 2)).Select(_ => MakeOneAfterAnotherAsync(stoppingToken)));

    private async Task MakeOneAfterAnotherAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            ImageKey key = await backlog.TakeAsync(stoppingToken);
            // Its original is still in incoming, so the reconciler brings it back.
            await _work.TryAsync(
                key.ToString(),
                $"WebP and AVIF of {key} have to wait",
                async () =>
                {
                    await using AsyncServiceScope scope = scopes.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeModernThumbnails(key), stoppingToken);
                },
                stoppingToken);
        }
    }
}
