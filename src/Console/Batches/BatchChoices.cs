namespace ImageBackend.Cli.Batches;

/// <summary>The options that all batches have, as given on the command line.</summary>
internal sealed record BatchChoices
{
    /// <summary>The name of the engine that carries it out; null: this process.</summary>
    public string? Engine { get; init; }

    /// <summary>Leaves once the work is ordered.</summary>
    public bool Detach { get; init; }

    /// <summary>Redoes what is already done.</summary>
    public bool Force { get; init; }

    /// <summary>Items at a time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>The only item, instead of all.</summary>
    public string? Key { get; init; }

    /// <summary>Ends after this many items that were not skipped.</summary>
    public int? Limit { get; init; }

    /// <summary>Prints a line after this many items, if there is no bar.</summary>
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
