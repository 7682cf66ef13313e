using ImageBackend.Web.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Web.Tests;

public sealed class ReadinessTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_disk_that_hangs_is_told_instead_of_making_askers_wait_for_it()
    {
        using ManualResetEventSlim hang = new();
        await using ServiceProvider services = ServicesWith(() => hang.Wait());
        Readiness readiness = services.GetRequiredService<Readiness>();

        HealthReport[] reports = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => readiness.CheckAsync(CancellationToken.None)))).WaitAsync(LongEnough);
        hang.Set();

        reports.Should().OnlyContain(report => report.Status == HealthStatus.Unhealthy);
        reports[0].Entries.Should().ContainKey("all").WhoseValue.Description.Should().Be("The checks take too long: a disk may hang.");
    }

    [Fact]
    public async Task One_run_at_a_time_serves_all_askers()
    {
        int runs = 0;
        await using ServiceProvider services = ServicesWith(() => Interlocked.Increment(ref runs));
        Readiness readiness = services.GetRequiredService<Readiness>();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => readiness.CheckAsync(CancellationToken.None)))).WaitAsync(LongEnough);

        runs.Should().Be(1);
    }

    private static ServiceProvider ServicesWith(Action check)
    {
        ServiceCollection services = new();
        services.AddLogging().AddSingleton(TimeProvider.System).AddSingleton<Readiness>().AddHealthChecks().AddCheck("disk", () =>
        {
            check();
            return HealthCheckResult.Healthy();
        });
        return services.BuildServiceProvider();
    }
}
