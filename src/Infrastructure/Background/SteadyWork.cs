using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Background;

/// <summary>
/// Background work, one item after another. A fault costs one item, a fault of every item costs the pass, and none costs the service. A
/// fault is logged when it first appears, not each time it recurs; if it was gone in between, it is logged again.
/// </summary>
internal sealed class SteadyWork(ILogger logger)
{
    // Then the storage itself is the cause. It may fail slowly, so the rest waits for the next pass.
    private const int MaxFaultsInARow = 10;
    private const int MaxRemembered = 1000;

    private readonly Lock _gate = new();
    private Dictionary<string, string> _known = [];
    private Dictionary<string, string> _met = [];
    private int _inARow;

    /// <summary>Whether so many items failed in a row that a common cause is likely.</summary>
    public bool IsGivenUp => Volatile.Read(ref _inARow) >= MaxFaultsInARow;

    /// <summary>Does one pass over many items.</summary>
    /// <param name="what">The log message if the whole pass fails: <c>Incoming can't be cleaned now</c>.</param>
    /// <exception cref="OperationCanceledException">The service is stopping.</exception>
    public async Task PassAsync(string what, Func<Task> work, CancellationToken stoppingToken)
    {
        Volatile.Write(ref _inARow, 0);
        await TryAsync(what, what, work, stoppingToken);
        lock (_gate)
        {
            (_known, _met) = (_met, []);
        }
    }

    /// <summary>Does one item.</summary>
    /// <param name="thing">Its name, by which its faults are remembered.</param>
    /// <param name="what">The log message if it fails.</param>
    /// <returns>Whether it succeeded.</returns>
    /// <exception cref="OperationCanceledException">The service is stopping.</exception>
    public async Task<bool> TryAsync(string thing, string what, Func<Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work();
            Forget(thing);
            Volatile.Write(ref _inARow, 0);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested) // one failure must stop neither the others nor the service
        {
            if (failure is not (InvalidImageException or ImageNotFoundException or StorageException { IsOfOneObject: true }))
            {
                Interlocked.Increment(ref _inARow);
            }

            Tell(thing, what, failure);
            return false;
        }
    }

    /// <summary>Logs a fault, unless it was logged before.</summary>
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
            logger.LogError(failure, "{What}, because of an unexpected fault", what);
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
