using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Admission;

/// <summary>Runs as many jobs at a time as there are workers, and lets a bounded number wait.</summary>
internal sealed class DecodeQueue(int places) : IDisposable
{
    // A photo takes about 0.15 s of a core, so the last in the queue waits about five seconds. Beyond that a client should try again later.
    private const int WaitingPerPlace = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free = new(places);
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    public int Running => places - _free.CurrentCount;

    /// <returns>A slot; the caller disposes it.</returns>
    /// <exception cref="BusyException">Too many are waiting already, or no slot became free in time.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_free.Wait(0, CancellationToken.None))
        {
            await WaitAsync(cancellationToken);
        }

        return new Place(_free);
    }

    public void Dispose() => _free.Dispose();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > WaitingPerPlace * places || !await _free.WaitAsync(Patience, cancellationToken))
            {
                throw new BusyException();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
