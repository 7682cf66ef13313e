using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Engine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Infrastructure.Health;

/// <summary>Whether pictures can be decoded at present.</summary>
internal sealed class DecoderHealth(ImageProcessor processor, IJobRunner runner) : IHealthCheck
{
    /// <summary>Waits for decoders that are just starting.</summary>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await processor.PrepareAsync().WaitAsync(cancellationToken);
        return runner.Workers > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No worker runs: they end as soon as they start, or can't be started.");
    }
}
