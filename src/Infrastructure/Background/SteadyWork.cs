using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>
/// Background work, one thing after the other: a fault costs one thing, one of all of them the pass, and nothing the service. Each is
/// logged when it comes, not each time it is met again; when it was over in between, anew.
/// </summary>
internal sealed class SteadyWork(ILogger logger)
{
    // Then it is the storage, which may answer as slowly as it fails, and the rest waits for the next pass.
    private const int MaxFaultsInARow = 10;
    private const int MaxRemembered = 1000;

    private readonly Lock _gate = new();
    private Dictionary<string, string> _known = [];
    private Dictionary<string, string> _met = [];
    private int _inARow;

    /// <summary>Whether thing after thing failed by what may be the fault of all.</summary>
    public bool IsGivenUp => Volatile.Read(ref _inARow) >= MaxFaultsInARow;

    /// <summary>Does one pass over many things.</summary>
    /// <param name="what">As it is logged when it fails as a whole: <c>Incoming can't be cleaned now</c>.</param>
    /// <exception cref="OperationCanceledException">The service ends.</exception>
    public async Task PassAsync(string what, Func<Task> work, CancellationToken stoppingToken)
    {
        Volatile.Write(ref _inARow, 0);
        await TryAsync(what, what, work, stoppingToken);
        lock (_gate)
        {
            (_known, _met) = (_met, []);
        }
    }

    /// <summary>Does one thing.</summary>
    /// <param name="thing">A name of it, by which its faults are known.</param>
    /// <param name="what">As it is logged when it fails.</param>
    /// <returns>Whether it was done.</returns>
    /// <exception cref="OperationCanceledException">The service ends.</exception>
    public async Task<bool> TryAsync(string thing, string what, Func<Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work();
            Forget(thing);
            Volatile.Write(ref _inARow, 0);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested) // one must not stop the others, nor the service
        {
            if (failure is not (InvalidImageException or ImageNotFoundException or StorageException { IsOfOneObject: true }))
            {
                Interlocked.Increment(ref _inARow);
            }

            Tell(thing, what, failure);
            return false;
        }
    }

    /// <summary>Logs a fault, unless it is known.</summary>
    public void Tell(string thing, string what, Exception failure)
    {
        if (IsNew(thing, $"{failure.GetType()} {failure.Message}"))
        {
            Log(what, failure);
        }
    }

    private void Log(string what, Exception failure)
    {
        if (failure is StorageException or BusyException or InvalidImageException or ImageNotFoundException)
        {
            logger.LogWarning("{What}: {Failure}", what, failure.Message);
        }
        else
        {
            logger.LogError(failure, "{What}, by a fault that should not be", what);
        }
    }

    private bool IsNew(string thing, string fault)
    {
        lock (_gate)
        {
            bool isKnown = (_known.TryGetValue(thing, out string? known) && known == fault) || (_met.TryGetValue(thing, out string? met) && met == fault);
            if (_met.Count < MaxRemembered || _met.ContainsKey(thing))
            {
                _met[thing] = fault;
            }

            return !isKnown;
        }
    }

    private void Forget(string thing)
    {
        lock (_gate)
        {
            _known.Remove(thing);
            _met.Remove(thing);
        }
    }
}
