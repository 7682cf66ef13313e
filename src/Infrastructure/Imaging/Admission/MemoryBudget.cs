using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Admission;

/// <summary>Shares out the memory that all decodes together may take, first come, first served.</summary>
/// <param name="bytes">The total.</param>
internal sealed class MemoryBudget(long bytes)
{
    private const long Mega = 1_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly long _all = bytes;
    private long _free = bytes;

    /// <summary>The total, in bytes.</summary>
    public long All => _all;

    /// <summary>Bytes that decodes have now.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
            {
                return _all - _free;
            }
        }
    }

    /// <param name="wanted">Bytes.</param>
    /// <returns>A share; the caller disposes it when the decode has ended.</returns>
    /// <exception cref="InvalidImageException">The total is less than that.</exception>
    /// <exception cref="BusyException">Not enough became free in time.</exception>
    public async Task<IDisposable> TakeAsync(long wanted, CancellationToken cancellationToken)
    {
        if (wanted > _all)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex,
                $"The picture needs about {wanted / Mega} MB of memory to be decoded; this service has {_all / Mega} MB for it.",
                _all,
                wanted);
        }

        LinkedListNode<Waiter> node = new(new Waiter(wanted));
        lock (_lock)
        {
            _waiting.AddLast(node);
            Admit();
        }

        try
        {
            await node.Value.Admitted.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Leave(node);
            throw exception is TimeoutException ? new BusyException() : exception;
        }

        return new Share(this, wanted);
    }

    // In order, so that smaller pictures don't overtake a large one forever.
    private void Admit()
    {
        while (_waiting.First is { } next && next.Value.Bytes <= _free)
        {
            _free -= next.Value.Bytes;
            _waiting.Remove(next);
            next.Value.Admitted.SetResult();
        }
    }

    private void Leave(LinkedListNode<Waiter> node)
    {
        lock (_lock)
        {
            if (node.Value.Admitted.Task.IsCompleted)
            {
                _free += node.Value.Bytes; // admitted at the same moment
            }
            else
            {
                _waiting.Remove(node);
            }

            Admit();
        }
    }

    private void Return(long share)
    {
        lock (_lock)
        {
            _free += share;
            Admit();
        }
    }

    private sealed record Waiter(long Bytes)
    {
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Share(MemoryBudget budget, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public void Dispose() => budget.Return(Interlocked.Exchange(ref _bytes, 0));
    }
}
