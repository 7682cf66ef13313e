using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Web.Health;

/// <summary>What the health checks last said. They run when somebody asks, one run at a time, so that many askers cost no more than one.</summary>
internal sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    // A run takes eight requests on S3. What is broken is looked at more often, since everybody waits for it.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BadFor = TimeSpan.FromSeconds(3);

    // Longer than each check may take. One that hangs in the kernel, as on a network disk that is gone, can't be cancelled.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly Lock _gate = new();
    private Task<HealthReport>? _running;
    private HealthReport? _last;
    private long _checkedAt;

    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        Task<HealthReport> running;
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(_checkedAt) <= (last.Status == HealthStatus.Healthy ? GoodFor : BadFor))
            {
                return last;
            }

            // Not by the asker's token: others wait for the same run, and each check has its own time.
            running = _running ??= Task.Run(RunAsync, CancellationToken.None);
        }

        try
        {
            return await running.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            HealthReportEntry slow = new(HealthStatus.Unhealthy, "The checks take too long: a disk may hang.", Patience, exception: null, data: null);
            return new HealthReport(new Dictionary<string, HealthReportEntry> { ["all"] = slow }, Patience);
        }
    }

    private async Task<HealthReport> RunAsync()
    {
        HealthReport report = await checks.CheckHealthAsync(CancellationToken.None);
        lock (_gate)
        {
            (_last, _checkedAt, _running) = (report, time.GetTimestamp(), null);
        }

        return report;
    }
}
