using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Web.Health;

/// <summary>What the health checks last said. They run when somebody asks, one run at a time, so that many askers cost no more than one.</summary>
internal sealed class Readiness(HealthCheckService checks, TimeProvider time) : IDisposable
{
    // A run takes six requests on S3. What is broken is looked at more often, since everybody waits for it.
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BadFor = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _turn = new(1);
    private HealthReport? _last;
    private long _checkedAt;

    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is null || time.GetElapsedTime(_checkedAt) > (_last.Status == HealthStatus.Healthy ? GoodFor : BadFor))
            {
                // Not the asker's token: others wait for the same run, and each check has its own time.
                _last = await checks.CheckHealthAsync(CancellationToken.None);
                _checkedAt = time.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
