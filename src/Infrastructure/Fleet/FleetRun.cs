namespace ImageBackend.Infrastructure.Fleet;

/// <summary>What a run is to do.</summary>
/// <param name="Kind">The name of the batch, such as <c>resize</c>.</param>
/// <param name="Work">What is done to each image, as JSON.</param>
/// <param name="Settings">What the machines that share it must agree in.</param>
/// <param name="Queue">Served by the workers with these settings alone.</param>
public sealed record RunOrder(string Kind, string Work, SharedSettings Settings, string Queue)
{
    /// <summary>The only images, as text that need not be a valid key; null for all.</summary>
    public IReadOnlyList<string>? Keys { get; init; }

    /// <summary>Ends after this many images, skipped ones included.</summary>
    public int? Limit { get; init; }
}

public enum RunState
{
    Running,
    Done,
    Cancelled,
}

/// <summary>A run as the ledger has it.</summary>
/// <param name="Total">How many images there are; null until they are counted.</param>
/// <param name="Fed">How many of them are in chunks.</param>
/// <param name="IsFed">Whether all are.</param>
/// <param name="Cursor">The last key that is in a chunk; null: none is.</param>
public sealed record FleetRun(long Id, RunOrder Order, RunState State, long? Total, long Fed, bool IsFed, string? Cursor, DateTimeOffset Created, DateTimeOffset? Ended);

/// <summary>How far a run has got, on all machines together.</summary>
/// <param name="Counts">What the batch counts besides, by names of its own.</param>
/// <param name="Elapsed">Since it was ordered; by the clock of the database, as all times here.</param>
public sealed record RunProgress(
    RunState State, long? Total, long Processed, long Skipped, long Failed, long Bytes, IReadOnlyDictionary<string, long> Counts, TimeSpan Elapsed)
{
    public int WaitingChunks { get; init; }

    public int ChunksAtWork { get; init; }

    public int DoneChunks { get; init; }

    /// <summary>The workers that were heard of lately and may work on it.</summary>
    public IReadOnlyList<FleetWorker> Workers { get; init; } = [];
}

/// <param name="Jobs">Images at a time.</param>
/// <param name="Trouble">What keeps it from working, if anything does.</param>
public sealed record FleetWorker(string Name, string Version, int Jobs, string? Trouble);

/// <summary>An image of a run that failed.</summary>
public sealed record RunFailure(string Key, string Reason, string Worker, DateTimeOffset At);

/// <summary>A chunk that a worker has begun.</summary>
/// <param name="Attempt">Counts the beginnings: what is reported by an earlier one is refused.</param>
/// <param name="Deaths">How many of them ended without a word.</param>
public sealed record BegunChunk(ChunkRef Ref, FleetRun Run, IReadOnlyList<string> Keys, int Attempt, int Deaths);

/// <summary>What a worker has done with a chunk since its last report.</summary>
/// <param name="LeftBefore">How many keys were left at that time.</param>
/// <param name="Remaining">The keys that are left; null: the same as before.</param>
/// <param name="Outcome">What becomes of the chunk.</param>
public sealed record ChunkReport(int LeftBefore, IReadOnlyList<string>? Remaining, ChunkOutcome Outcome)
{
    public long Processed { get; init; }

    public long Skipped { get; init; }

    public long Bytes { get; init; }

    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    public IReadOnlyList<(string Key, string Reason)> Failures { get; init; } = [];
}

public enum ChunkOutcome
{
    AtWork,

    /// <summary>Whoever feeds the run submits it again.</summary>
    GivenBack,
    Done,
}
