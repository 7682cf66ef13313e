namespace ImageBackend.Web.Resumable;

/// <summary>Which request of this process has which partial upload; of other processes the lock on its file tells.</summary>
internal sealed class Holds(TimeProvider time)
{
    // Longer than it takes to keep what has arrived, or to store most photos.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Hold> _holds = [];

    /// <returns>The hold, or null if another request has it.</returns>
    public Hold? TryTake(string id) => TryTake(id, out _);

    /// <summary>
    /// Takes it after whoever has it. Who only receives bytes is told to stop: its client has asked again, so its connection is dead, which the
    /// network may not say for minutes.
    /// </summary>
    /// <returns>Null if that takes too long.</returns>
    public async Task<Hold?> TakeOverAsync(string id, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(MaxWait, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        while (true)
        {
            if (TryTake(id, out Hold other) is { } taken)
            {
                return taken;
            }

            await other.InterruptAsync();
            try
            {
                await other.Released.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }

    private Hold? TryTake(string id, out Hold other)
    {
        Hold mine = new(this, id);
        lock (_gate)
        {
            if (_holds.TryAdd(id, mine))
            {
                return other = mine;
            }

            other = _holds[id];
            return null;
        }
    }

    private void Release(string id)
    {
        lock (_gate)
        {
            _holds.Remove(id);
        }
    }

    /// <summary>Given back by <see cref="Dispose"/>.</summary>
    public sealed class Hold(Holds all, string id) : IDisposable
    {
        private readonly CancellationTokenSource _interrupt = new();
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Says that another request wants it.</summary>
        public CancellationToken Interrupted => _interrupt.Token;

        public Task Released => _released.Task;

        public Task InterruptAsync() => _interrupt.CancelAsync();

        // The source is left to the collector: another request may be about to cancel it.
        public void Dispose()
        {
            all.Release(id);
            _released.TrySetResult();
        }
    }
}
