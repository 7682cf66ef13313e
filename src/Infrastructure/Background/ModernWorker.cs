using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Modern;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Makes WebP and AVIF of one image after another, after uploads and publishes were answered.</summary>
internal sealed class ModernWorker(ModernBacklog backlog, IServiceScopeFactory scopes, ILogger<ModernWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
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
