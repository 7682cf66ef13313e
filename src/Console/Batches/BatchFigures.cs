using System.Globalization;

namespace ImageBackend.Cli.Batches;

/// <summary>How far a batch has got.</summary>
/// <param name="Total">Null until all items are counted.</param>
/// <param name="Bytes">Written.</param>
internal sealed record BatchFigures(long? Total, long Skipped, long Processed, long Failed, long Bytes, TimeSpan Elapsed)
{
    public long Done => Skipped + Processed + Failed;

    /// <summary>The part of all items that is done, 0 to 1; null while their number is unknown.</summary>
    public double? Share => Total is { } total ? total == 0 ? 1 : Math.Min(1, (double)Done / total) : null;

    /// <summary>Items per second of late, if it is known; otherwise the pace is that of all the time.</summary>
    public double? RecentRate { get; init; }

    /// <summary>Items per second.</summary>
    public double Rate => RecentRate ?? (Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0);

    /// <summary>The time that the rest would take at that pace.</summary>
    public TimeSpan? Left => Total is not { } total || Done == 0 ? null
        : RecentRate is { } recent ? TimeSpan.FromSeconds(Math.Max(0, total - Done) / recent)
        : Elapsed * ((double)Math.Max(0, total - Done) / Done);

    public string ToLine() => Share is { } share
        ? Text($"Progress: {Done} / {Total} ({share * 100:0.00}%), elapsed {Clock(Elapsed)}, left {(Left is { } left ? Clock(left) : "?")}")
        : Text($"Progress: {Done}, elapsed {Clock(Elapsed)}");

    public string ToSummary() => Text($"Images: {Done}, skipped: {Skipped}, processed: {Processed}, errors: {Failed}");

    public static string Clock(TimeSpan time) => Text($"{(long)time.TotalHours}:{time:mm\\:ss}");

    public static string Size(long bytes) => bytes switch
    {
        < 1_000_000 => Text($"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => Text($"{bytes / 1e6:0.0} MB"),
        _ => Text($"{bytes / 1e9:0.0} GB"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
