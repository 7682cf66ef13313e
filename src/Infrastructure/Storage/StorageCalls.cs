using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Gives each call of a storage a span and a measurement.</summary>
internal static class StorageCalls
{
    private static readonly Histogram<double> Time = Telemetry.Meter.CreateHistogram(
        "images.storage.duration", "s", "Time of calls to the storages, by storage, kind and outcome.", advice: Telemetry.Seconds);

    /// <param name="member">The method of the adapter, such as <c>FindAsync</c>.</param>
    public static Task<T> MeasureAsync<T>(string storage, string member, Func<Task<T>> call)
    {
        string name = member.Replace("Async", "", StringComparison.Ordinal).ToLowerInvariant();
        return Measured.RunAsync($"{storage} {name}", Time, new TagList { { "storage", storage }, { "call", name } }, call, ActivityKind.Client);
    }
}
