using ImageBackend.Infrastructure.Imaging.Engine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Infrastructure.Health;

/// <summary>Whether pictures can be decoded at present.</summary>
internal sealed class DecoderHealth(IJobRunner runner) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        runner.Workers > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No worker runs: they end as soon as they start, or can't be started."));
}
