using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Lets requests of this process that change the same image take turns. It saves work and avoids surprising answers. Correctness
/// does not depend on it, since other processes have locks of their own.</summary>
internal sealed class KeyLocks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Turn> _turns = [];

    /// <summary>Waits for a key's turn, half a minute at most; originals with one stem share thumbnails, so they share a turn.</summary>
    /// <returns>Ends the turn when it is disposed.</returns>
    /// <exception cref="BusyException">Other requests took too long.</exception>
    public async Task<IDisposable> EnterAsync(ImageKey key, CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_turns)
        {
            turn = _turns.TryGetValue(key.Stem, out Turn? known) ? known : _turns[key.Stem] = new Turn(this, key.Stem);
            turn.Users++;
        }

        bool isEntered = false;
        try
        {
            isEntered = await turn.Gate.WaitAsync(Patience, cancellationToken);
            return isEntered ? turn : throw new BusyException($"Other requests are working on {key}.");
        }
        finally
        {
            if (!isEntered)
            {
                Leave(turn);
            }
        }
    }

    private void Leave(Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0)
            {
                return;
            }

            _turns.Remove(turn.Stem);
        }

        turn.Gate.Dispose();
    }

    private sealed class Turn(KeyLocks locks, string stem) : IDisposable
    {
        public string Stem => stem;

        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>The requests that wait, and the one that has the turn.</summary>
        public int Users { get; set; }

        public void Dispose()
        {
            Gate.Release();
            locks.Leave(this);
        }
    }
}
