using ImageBackend.Infrastructure.Imaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Makes WebP and AVIF thumbnails after uploads and publishes were answered. It handles half as many images at a time as there are
/// workers, but at least one, so that the other half is left for uploads.</summary>
internal sealed class ModernWorker(ModernBacklog backlog, ImagingSettings settings, IServiceScopeFactory scopes, ILogger<ModernWorker> logger) : BackgroundService
{
    private readonly ModernMaker _maker = new(scopes, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Math.Max(1, settings.DecodeWorkers / 2)).Select(_ => MakeOneAfterAnotherAsync(stoppingToken)));

    private async Task MakeOneAfterAnotherAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _maker.MakeAsync(await backlog.TakeAsync(stoppingToken), stoppingToken);
        }
    }
}
