using ImageBackend.Infrastructure.Files;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Infrastructure.Health;

/// <summary>
/// Whether there is room for a few of the largest uploads on the disks that this service writes to. Too little is a warning only: reads, deletes and small
/// uploads still work, and every replica on the same disk would be taken out of service at once.
/// </summary>
/// <param name="folders">Each with its name for people.</param>
/// <param name="largestUpload">In bytes.</param>
internal sealed class SpaceHealth(IReadOnlyList<(string Name, DirectoryInfo Folder)> folders, long largestUpload) : IHealthCheck
{
    private const int LargestUploads = 4;

    private const long Mega = 1_000_000;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long needed = LargestUploads * largestUpload;
        Dictionary<string, object> free = [];
        List<string> scarce = [];
        foreach ((string name, DirectoryInfo folder) in folders)
        {
            if (DiskSpace.FreeIn(folder) is not { } bytes)
            {
                continue; // that it does not work is for another check to say
            }

            free[name] = bytes;
            if (bytes < needed)
            {
                scarce.Add($"{name} has {bytes / Mega} MB left");
            }
        }

        return Task.FromResult(scarce.Count == 0
            ? HealthCheckResult.Healthy(data: free)
            : HealthCheckResult.Degraded($"{string.Join(", ", scarce)}; {LargestUploads} of the largest uploads take {needed / Mega} MB.", data: free));
    }
}
