using System.Diagnostics.Metrics;

namespace ImageBackend.Application.Measuring;

/// <summary>What requests measure. Every label has few values: never a key, an address or a message.</summary>
public static class Measures
{
    public const string UploadsName = "images.uploads";
    public const string PublishedName = "images.published";

    private static readonly Counter<long> Uploads = Telemetry.Meter.CreateCounter<long>(UploadsName, description: "Uploads by format (none if it was refused) and outcome.");

    private static readonly Counter<long> UploadedBytes = Telemetry.Meter.CreateCounter<long>("images.uploaded.bytes", description: "Bytes of the originals that were stored.");

    private static readonly Counter<long> Published = Telemetry.Meter.CreateCounter<long>(PublishedName, description: "Images that were moved to active.");

    private static readonly Counter<long> Expired = Telemetry.Meter.CreateCounter<long>("images.expired", description: "Uploads that were removed since nobody published them in time.");

    private static readonly Counter<long> Resumable = Telemetry.Meter.CreateCounter<long>(
        "images.resumable", description: "What became of resumable uploads: created, then stored, refused, removed by the client, or expired.");

    private static readonly Counter<long> Reconciled = Telemetry.Meter.CreateCounter<long>(
        "images.reconciled", description: "Work that a crash or fault had left and that was finished later: publishes, deletes, and images whose rest was queued.");

    private static readonly Gauge<long> Unfinished = Telemetry.Meter.CreateGauge<long>(
        "images.unfinished", description: "Interrupted publishes that could not be finished when incoming was last scanned.");

    private static readonly Counter<long> Remade = Telemetry.Meter.CreateCounter<long>("images.thumbnails.remade", description: "Thumbnails of published images that were missing or stale and were made anew.");

    private static readonly Counter<long> Failed = Telemetry.Meter.CreateCounter<long>("images.thumbnails.failed", description: "Times that WebP or AVIF of an image could not be made, by format.");

    /// <summary>Shows from the start, as zero, what rarely happens: an alert on its growth sees the first time, too.</summary>
    public static void Begin()
    {
        Published.Add(0);
        Expired.Add(0);
        LeaveUnfinished(0);
        foreach (string outcome in new[] { "created", "stored", "refused", "removed", "expired" })
        {
            Resumable.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }

        foreach (string what in new[] { "publish", "delete", "queued" })
        {
            Reconcile(what, 0);
        }

        foreach (string format in new[] { "webp", "avif" })
        {
            Failed.Add(0, new KeyValuePair<string, object?>("format", format));
        }
    }

    /// <param name="format">Null: it was refused.</param>
    public static void Upload(string? format, string outcome, long bytes = 0)
    {
        Uploads.Add(1, new("format", format ?? "none"), new("outcome", outcome));
        UploadedBytes.Add(bytes);
    }

    public static void Publish() => Published.Add(1);

    public static void Expire() => Expired.Add(1);

    /// <param name="outcome"><c>created</c>, <c>stored</c>, <c>refused</c>, <c>removed</c> or <c>expired</c>.</param>
    public static void Resume(string outcome) => Resumable.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="what"><c>publish</c>, <c>delete</c> or <c>queued</c>.</param>
    public static void Reconcile(string what, int count) => Reconciled.Add(count, new KeyValuePair<string, object?>("what", what));

    /// <param name="count">Of the last scan.</param>
    public static void LeaveUnfinished(int count) => Unfinished.Record(count);

    public static void Remake(string format, string reason) => Remade.Add(1, new("format", format), new("reason", reason));

    public static void Fail(string format, int thumbnails)
    {
        Failed.Add(1, new KeyValuePair<string, object?>("format", format));
        PredecessorThumbnails.Fail(thumbnails);
    }
}
