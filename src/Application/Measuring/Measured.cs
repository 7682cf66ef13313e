using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ImageBackend.Application.Measuring;

/// <summary>Work that has a span and a measurement, both with its outcome.</summary>
public static class Measured
{
    /// <param name="span">The name of the span.</param>
    /// <param name="time">Gets the seconds that the work takes, with the label <c>outcome</c> beside <paramref name="labels"/>.</param>
    /// <param name="facts">What only the span tells, such as a key; it may have any value.</param>
    public static async Task<T> RunAsync<T>(
        string span, Histogram<double> time, TagList labels, Func<Task<T>> work, ActivityKind kind = ActivityKind.Internal, params KeyValuePair<string, object?>[] facts)
    {
        using Activity? activity = Telemetry.Spans.StartActivity(span, kind, parentContext: default, facts);
        long began = Stopwatch.GetTimestamp();
        string outcome = Outcome.Ok;
        try
        {
            return await work();
        }
        catch (Exception exception)
        {
            outcome = Outcome.Of(exception);
            activity?.SetStatus(ActivityStatusCode.Error, outcome);
            throw;
        }
        finally
        {
            labels.Add("outcome", outcome);
            time.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, labels);
        }
    }
}
