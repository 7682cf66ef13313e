using ImageBackend.Application.Images.Modern;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>Makes the WebP and AVIF of one image after another, or of several at a time. A fault costs one image, and is logged when it first appears.</summary>
public sealed class ModernMaker(IServiceScopeFactory scopes, ILogger logger)
{
    private readonly SteadyWork _work = new(logger);

    /// <remarks>If this fails, the original is still in incoming, so the reconciler queues it again.</remarks>
    /// <exception cref="OperationCanceledException">The process is stopping.</exception>
    public Task MakeAsync(ImageKey key, CancellationToken stoppingToken) => _work.TryAsync(
        key.ToString(),
        $"WebP and AVIF of {key} are delayed",
        async () =>
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeModernThumbnails(key), stoppingToken);
        },
        stoppingToken);
}
