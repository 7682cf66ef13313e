using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImageBackend.Application.Measuring;

/// <summary>The sources of spans and measurements. Nothing is recorded unless a host listens.</summary>
public static class Telemetry
{
    /// <summary>The name of both sources.</summary>
    public const string Name = "ImageBackend";

    public static ActivitySource Spans { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>Bounds, in seconds, of the buckets of everything that takes from a millisecond to a minute.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };
}
