using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Gives each job of the decoders a span and a measurement.</summary>
internal static class DecodeMeasures
{
    public const string TimeName = "images.decode.duration";

    private static readonly Histogram<double> Time = Telemetry.Meter.CreateHistogram(
        TimeName, "s", "Time of decoding jobs in their worker, by kind, format and outcome.", advice: Telemetry.Seconds);

    private static readonly Histogram<double> Waiting = Telemetry.Meter.CreateHistogram(
        "images.decode.wait.duration", "s", "Time that decoding jobs wait for a free place.", advice: Telemetry.Seconds);

    public static void Waited(TimeSpan time) => Waiting.Record(time.TotalSeconds);

    public static async Task<JobAnswer> MeasureAsync(Job job, Func<Task<JobAnswer>> run)
    {
        string kind = KindOf(job);
        string format = (job as PictureJob)?.Format.ToString() ?? "none";
        long began = Stopwatch.GetTimestamp();
        JobAnswer answer = await Measured.RunAsync(
            $"decode: {kind}", Time, new TagList { { "job", kind }, { "format", format } }, run, facts: new KeyValuePair<string, object?>("image.format", format));
        PredecessorMeasures.Decoded(job, Stopwatch.GetElapsedTime(began));
        return answer;
    }

    private static string KindOf(Job job) => job switch
    {
        InspectJob or ForeignHeaderJob => "inspect",
        ConvertJob => "convert",
        CompareJob => "compare",
        HeaderJob => "header",
        StripJob => "strip",
        ThumbnailsJob => "thumbnails",
        HashJob => "hash",
        TurnJob => "turn",
        _ => "check",
    };
}
