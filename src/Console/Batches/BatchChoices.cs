namespace ImageBackend.Cli.Batches;

/// <summary>What was asked for on the command line, of what all batches have.</summary>
internal sealed record BatchChoices
{
    /// <summary>Does again what is done already.</summary>
    public bool Force { get; init; }

    /// <summary>Items at once.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>The only item, instead of all.</summary>
    public string? Key { get; init; }

    /// <summary>Ends after so many items that were not skipped.</summary>
    public int? Limit { get; init; }

    /// <summary>A line comes after so many items, where there is no bar.</summary>
    public int Progress { get; init; } = 100;

    public bool IsVerbose { get; init; }

    /// <summary>Nothing is written or removed.</summary>
    public bool DryRun { get; init; }

    /// <summary>The part that this process does.</summary>
    public Shard Shard { get; init; } = Shard.All;

    /// <summary>A file to write.</summary>
    public string? Report { get; init; }

    /// <summary>The report of an earlier run, of which only the failed items are done.</summary>
    public string? Retry { get; init; }
}
