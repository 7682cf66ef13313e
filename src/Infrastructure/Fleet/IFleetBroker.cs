namespace ImageBackend.Infrastructure.Fleet;

/// <summary>Hands work to the workers of all machines, each piece to one at a time, and again if that one is lost.</summary>
/// <remarks>
/// A piece may be handed out more often than it was submitted. What is in a chunk, and whether there is still something to do in it, is in the
/// <see cref="ChunkLedger"/>; of images, that is seen in the storage.
/// </remarks>
public interface IFleetBroker
{
    /// <summary>Makes what it needs in its database. Safe to repeat.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Submits a part of a batch.</summary>
    /// <param name="queue">Only workers that serve this queue get it.</param>
    Task SubmitAsync(string queue, ChunkRef chunk, CancellationToken cancellationToken);

    /// <summary>Submits images for whatever the queue is for.</summary>
    /// <param name="keys">Of originals, some dozens at most.</param>
    Task SubmitAsync(string queue, IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <returns>How many pieces of a queue no worker has yet.</returns>
    Task<long> CountWaitingAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Takes chunks, one at a time, until it is cancelled; then it waits for the one at work.</summary>
    /// <param name="worker">The name of this process, for people.</param>
    /// <param name="work">It must not throw. Its token is cancelled when somebody has taken the chunk away from this worker.</param>
    Task ServeChunksAsync(string worker, IReadOnlyList<string> queues, Func<ChunkRef, CancellationToken, Task> work, CancellationToken cancellationToken);

    /// <summary>Takes images until it is cancelled; then it waits for those at work, and gives back the others.</summary>
    /// <param name="atOnce">Images at a time.</param>
    /// <param name="work">It must not throw.</param>
    Task ServeImagesAsync(string worker, string queue, int atOnce, Func<string, Task> work, CancellationToken cancellationToken);
}

/// <summary>A part of a run.</summary>
/// <param name="Number">Counted from 1 in each run.</param>
public sealed record ChunkRef(long Run, int Number);
