namespace ImageBackend.Infrastructure.Fleet;

/// <summary>Hands chunks to workers, each to one at a time, and again if that one is lost. What is in a chunk, and what came of it, is in the <see cref="ChunkLedger"/>.</summary>
/// <remarks>A chunk may be handed out more often than it was submitted: the ledger tells whether there is still something to do.</remarks>
public interface IChunkBroker
{
    /// <summary>Makes what it needs in its database. Safe to repeat.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <param name="queue">Only workers that serve this queue get it.</param>
    Task SubmitAsync(string queue, ChunkRef chunk, CancellationToken cancellationToken);

    /// <returns>How many chunks of a queue no worker has yet.</returns>
    Task<long> CountWaitingAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Takes chunks, one at a time, until it is cancelled; then it waits for the one at work.</summary>
    /// <param name="worker">The name of this process, for people.</param>
    /// <param name="work">It must not throw. Its token is cancelled when somebody has taken the chunk away from this worker.</param>
    Task ServeAsync(string worker, IReadOnlyList<string> queues, Func<ChunkRef, CancellationToken, Task> work, CancellationToken cancellationToken);
}

/// <summary>A part of a run.</summary>
/// <param name="Number">Counted from 1 in each run.</param>
public sealed record ChunkRef(long Run, int Number);
