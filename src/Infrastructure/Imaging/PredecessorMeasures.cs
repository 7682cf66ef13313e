using System.Diagnostics.Metrics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>The measurements of c2c_images about pictures, by its names, labels and buckets: dashboards that read them go on working.</summary>
internal static class PredecessorMeasures
{
    private static readonly Histogram<double> Thumbnails = Predecessor.Meter.CreateHistogram(
        "thumbnail_generations_time", null, "Histogram of time taken to generate thumbnails", advice: Doubling(1));

    private static readonly Histogram<double> Rotations = Predecessor.Meter.CreateHistogram(
        "thumbnail_rotations_time", null, "Histogram of time taken to rotate an image", advice: Doubling(0.5));

    private static readonly Histogram<double> AutoOrients = Predecessor.Meter.CreateHistogram(
        "autoorient_time", null, "Histogram of time taken to autoorient a jpeg image", advice: Predecessor.Seconds);

    /// <param name="time">Of the whole job: of thumbnails that come from one decode, each counts with the same share of it.</param>
    public static void Decoded(Job job, TimeSpan time)
    {
        switch (job)
        {
            case ThumbnailsJob { Targets: var targets }:
                foreach (ThumbnailTarget target in targets)
                {
                    Thumbnails.Record(time.TotalSeconds / targets.Count, new("format", target.Format.ToString()), new("size", target.Spec.Suffix), Predecessor.Service);
                }

                break;
            case TurnJob { Rotation: null }:
                AutoOrients.Record(time.TotalSeconds, Predecessor.Service);
                break;
            case TurnJob:
                Rotations.Record(time.TotalSeconds, Predecessor.Service);
                break;
        }
    }

    private static InstrumentAdvice<double> Doubling(double first) => new() { HistogramBucketBoundaries = [.. Enumerable.Range(0, 7).Select(i => first * (1 << i))] };
}
