using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Lets requests of this process that change the same image take turns, in the order in which they came. It saves work and avoids
/// surprising answers. Correctness does not depend on it, since other processes have locks of their own.</summary>
internal sealed class KeyLocks(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // For each stem whose turn somebody has: the requests that wait for it.
    private readonly Dictionary<string, Queue<TaskCompletionSource<bool>>> _waiting = [];

    /// <summary>Waits for a key's turn, half a minute at most; originals with one stem share thumbnails, so they share a turn.</summary>
    /// <returns>Ends the turn when it is disposed.</returns>
    /// <exception cref="BusyException">Other requests took too long.</exception>
    public async Task<IDisposable> EnterAsync(ImageKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<bool> waiter;
        lock (_waiting)
        {
            if (_waiting.TryAdd(key.Stem, []))
            {
                return new Turn(this, key.Stem);
            }

            // Whoever ends a turn does not carry out the next one.
            waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[key.Stem].Enqueue(waiter);
        }

        await using ITimer patience = time.CreateTimer(_ => waiter.TrySetResult(false), state: null, Patience, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration leaving = cancellationToken.UnsafeRegister(_ => waiter.TrySetCanceled(cancellationToken), state: null);
        return await waiter.Task ? new Turn(this, key.Stem) : throw new BusyException($"Other requests are working on {key}.");
    }

    private void PassOn(string stem)
    {
        lock (_waiting)
        {
            while (_waiting[stem].TryDequeue(out TaskCompletionSource<bool>? next))
            {
                if (next.TrySetResult(true)) // it has not left
                {
                    return;
                }
            }

            _waiting.Remove(stem);
        }
    }

    private sealed class Turn(KeyLocks locks, string stem) : IDisposable
    {
        public void Dispose() => locks.PassOn(stem);
    }
}
