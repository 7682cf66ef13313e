using Microsoft.Extensions.Hosting;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Warms the decoders up before the first request, and keeps a service from starting whose decoders don't work.</summary>
internal sealed class ImagingStart(ImageProcessor processor) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => processor.PrepareAsync().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
