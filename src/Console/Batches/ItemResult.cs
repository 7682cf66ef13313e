using System.Collections.Immutable;

namespace ImageBackend.Cli.Batches;

internal enum ItemOutcome
{
    Processed,

    /// <summary>There was nothing to do.</summary>
    Skipped,

    Failed,
}

/// <param name="Bytes">Written.</param>
/// <param name="Reasons">Why it failed, or what was done; for people and the report.</param>
internal sealed record ItemResult(ItemOutcome Outcome, long Bytes, IReadOnlyList<string> Reasons)
{
    /// <summary>What the command counts besides, by names of its own.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>It was interrupted between two tries: a later run may succeed.</summary>
    public bool IsCutShort { get; init; }

    public static ItemResult Processed(long bytes = 0, params string[] reasons) => new(ItemOutcome.Processed, bytes, reasons);

    public static ItemResult Skipped(params string[] reasons) => new(ItemOutcome.Skipped, 0, reasons);

    public static ItemResult Failed(params string[] reasons) => new(ItemOutcome.Failed, 0, reasons);
}
