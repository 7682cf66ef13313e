using System.Diagnostics.Metrics;

namespace ImageBackend.Application.Measuring;

/// <summary>What c2c_images counted of WebP and AVIF that never came.</summary>
public static class PredecessorThumbnails
{
    private static readonly Counter<long> Failed = Predecessor.Meter.CreateCounter<long>(
        "published_thumbnails_error", null, "Counter of thumbnails that could not be published to the active bucket");

    /// <summary>Shows it as zero.</summary>
    public static void Begin() => Failed.Add(0, Predecessor.Service);

    public static void Fail(int count) => Failed.Add(count, Predecessor.Service);
}
