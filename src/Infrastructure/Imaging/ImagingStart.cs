using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Warms up the decoders before the first request, and prevents the start of a service whose decoders don't work.</summary>
internal sealed class ImagingStart(ImageProcessor processor, ILogger<ImagingStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await processor.PrepareAsync().WaitAsync(cancellationToken);
        if (processor.WhyNoHeic is { } reason)
        {
            logger.LogInformation("HEIC photos are refused, since {Reason}", reason);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
