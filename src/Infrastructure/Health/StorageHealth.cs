using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Infrastructure.Health;

/// <summary>Writes a mark into each storage, looks for it in the other, and removes it again.</summary>
internal sealed class StorageHealth(IStoragePlace active, ImageStores stores) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await active.IsSamePlaceAsync(stores.Incoming, cancellationToken)
                ? HealthCheckResult.Unhealthy("Incoming and active are the same place, so nothing can be published.")
                : HealthCheckResult.Healthy();
        }
        catch (StorageException fault)
        {
            // Its message may have a path; anybody can read this.
            return HealthCheckResult.Unhealthy($"The {fault.Storage} storage {(fault.IsFull ? "is full" : "does not work")}.", fault);
        }
    }
}
