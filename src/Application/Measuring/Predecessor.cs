using System.Diagnostics.Metrics;

namespace ImageBackend.Application.Measuring;

/// <summary>The source of what c2c_images measured, by its names.</summary>
public static class Predecessor
{
    /// <summary>The name of the source, and the value of the label <c>service</c> of all its metrics.</summary>
    public const string Name = "c2c_images";

    /// <summary>The label that all of them have.</summary>
    public static KeyValuePair<string, object?> Service { get; } = new("service", Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>The buckets that its metrics library has if none are given.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
}
