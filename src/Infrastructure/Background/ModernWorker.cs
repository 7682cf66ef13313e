using ImageBackend.Application.Abstractions;
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
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Math.Max(1, settings.DecodeWorkers / 2)).Select(_ => MakeOneAfterAnotherAsync(stoppingToken)));

    private async Task MakeOneAfterAnotherAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            ImageKey key = await backlog.TakeAsync(stoppingToken);
            try
            {
                using IServiceScope scope = scopes.CreateScope();
                await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeModernThumbnails(key.ToString()), stoppingToken);
            }
            catch (Exception failure) when (failure is StorageException or BusyException or InvalidImageException or ImageNotFoundException)
            {
                // Its original is still in incoming, so the reconciler brings it back.
                logger.LogWarning("WebP and AVIF of {Key} have to wait: {Failure}", key, failure.Message);
            }
        }
    }
}
