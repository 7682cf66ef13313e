using System.ComponentModel;
using Hangfire;

namespace ImageBackend.Infrastructure.Fleet.Hangfire;

/// <summary>A chunk as Hangfire stores it: by these names.</summary>
public sealed class ChunkJob(Func<ChunkRef, CancellationToken, Task> work)
{
    /// <param name="cancellationToken">Cancelled when the worker ends, or the job was deleted.</param>
    // The ledger says what is to be done again. Finished jobs are kept for a day, to be looked at.
    [AutomaticRetry(Attempts = 0)]
    [DisplayName("Run {0}, chunk {1}")]
    public Task RunAsync(long run, int chunk, CancellationToken cancellationToken) =>
        Task.Run(() => work(new ChunkRef(run, chunk), cancellationToken), CancellationToken.None); // its own synchronization context has one thread
}
