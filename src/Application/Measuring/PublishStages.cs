using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImageBackend.Application.Measuring;

/// <summary>Measures the stages of a publish, one after another.</summary>
/// <param name="first">The name of the first stage.</param>
internal sealed class PublishStages(string first) : IDisposable
{
    private static readonly Histogram<double> Time = Telemetry.Meter.CreateHistogram(
        "images.publish.stage.duration", "s", "Time of the stages of publishes: thumbnails, original, clear (which verifies first).", advice: Telemetry.Seconds);

    private string _name = first;
    private Activity? _span = Telemetry.Spans.StartActivity($"publish: {first}");
    private long _began = Stopwatch.GetTimestamp();

    /// <summary>Ends the current stage and begins another.</summary>
    public void Next(string name)
    {
        Dispose();
        (_name, _span, _began) = (name, Telemetry.Spans.StartActivity($"publish: {name}"), Stopwatch.GetTimestamp());
    }

    public void Dispose()
    {
        Time.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, new KeyValuePair<string, object?>("stage", _name));
        _span?.Dispose();
    }
}
