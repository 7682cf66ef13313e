using ImageBackend.Application.Images.Modern;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Makes WebP and AVIF thumbnails after uploads and publishes were answered. It handles half as many images at a time as there are
/// workers, but at least one, so that the other half is left for uploads.</summary>
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
            // If this fails, its original is still in incoming, so the reconciler queues it again.
            await _work.TryAsync(
                key.ToString(),
                $"WebP and AVIF of {key} are delayed",
                async () =>
                {
                    await using AsyncServiceScope scope = scopes.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeModernThumbnails(key), stoppingToken);
                },
                stoppingToken);
        }
    }
}
