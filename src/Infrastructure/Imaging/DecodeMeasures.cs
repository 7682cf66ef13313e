using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Gives each job of the decoders a span and a measurement.</summary>
internal static class DecodeMeasures
{
    private static readonly Histogram<double> Time = Telemetry.Meter.CreateHistogram(
        "images.decode.duration", "s", "Time of decoding jobs in their worker, by kind, format and outcome.", advice: Telemetry.Seconds);

    private static readonly Histogram<double> Waiting = Telemetry.Meter.CreateHistogram(
        "images.decode.wait.duration", "s", "Time that decoding jobs wait for a free place.", advice: Telemetry.Seconds);

    public static void Waited(TimeSpan time) => Waiting.Record(time.TotalSeconds);

    public static async Task<JobAnswer> MeasureAsync(Job job, Func<Task<JobAnswer>> run)
    {
        string kind = KindOf(job);
        string format = (job as PictureJob)?.Format.ToString() ?? "none";
        using Activity? span = Telemetry.Spans.StartActivity($"decode: {kind}");
        span?.SetTag("image.format", format);
        long began = Stopwatch.GetTimestamp();
        string outcome = Outcome.Ok;
        try
        {
            JobAnswer answer = await run();
            PredecessorMeasures.Decoded(job, Stopwatch.GetElapsedTime(began));
            return answer;
        }
        catch (Exception exception)
        {
            outcome = Outcome.Of(exception);
            span?.SetStatus(ActivityStatusCode.Error, outcome);
            throw;
        }
        finally
        {
            Time.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new("job", kind), new("format", format), new("outcome", outcome));
        }
    }

    private static string KindOf(Job job) => job switch
    {
        InspectJob => "inspect",
        CompareJob => "compare",
        HeaderJob => "header",
        StripJob => "strip",
        ThumbnailsJob => "thumbnails",
        TurnJob => "turn",
        _ => "check",
    };
}
