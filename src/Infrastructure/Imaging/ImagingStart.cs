using Microsoft.Extensions.Hosting;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Warms up the decoders before the first request, and prevents the start of a service whose decoders don't work.</summary>
internal sealed class ImagingStart(ImageProcessor processor) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => processor.PrepareAsync().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
