using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>What only one process for each storage needs to do. Without a database of batches every process does it, which is harmless but more work.</summary>
/// <param name="settings">Which database, if any.</param>
/// <param name="place">A fingerprint of the storages.</param>
public sealed class Duties(FleetSettings settings, string place, ILogger<Duties> logger) : IAsyncDisposable, IDisposable
{
    // For an answer: one that hangs must not hold up what this process can do by itself, nor its end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FleetDatabase? _database = settings.Database is { } url ? new FleetDatabase(url, Patience) : null;
    private readonly ConcurrentDictionary<string, FleetLock> _held = new();
    private int _isAway;

    /// <summary>Takes a duty, or keeps it. Whoever has it keeps it until its process ends; one that is killed loses it at once.</summary>
    /// <param name="duty">Its name. Each is asked for by one caller at a time.</param>
    /// <returns>Whether it is this process's. If the database is away, it is everybody's.</returns>
    public async Task<bool> IsOursAsync(string duty, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            return true;
        }

        try
        {
            bool isOurs = await HoldAsync(_database, duty, cancellationToken);
            Volatile.Write(ref _isAway, 0);
            return isOurs;
        }
        catch (FleetException fault)
        {
            if (Interlocked.Exchange(ref _isAway, 1) == 0)
            {
                logger.LogWarning("{Fault} Until it works, this process does itself what one process is enough for", fault.Message);
            }

            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FleetLock held in _held.Values)
        {
            await held.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    /// <summary>For hosts that end synchronously.</summary>
    public void Dispose()
    {
        foreach (FleetLock held in _held.Values)
        {
            held.Dispose();
        }

        _database?.Dispose();
    }

    private async Task<bool> HoldAsync(FleetDatabase database, string duty, CancellationToken cancellationToken)
    {
        if (_held.TryGetValue(duty, out FleetLock? held))
        {
            if (await held.IsHeldAsync(cancellationToken))
            {
                return true;
            }

            _held.TryRemove(duty, out _);
            await held.DisposeAsync();
        }

        if (await FleetLock.TryTakeAsync(database, $"images {duty} {place}", cancellationToken) is not { } taken)
        {
            return false;
        }

        _held[duty] = taken;
        return true;
    }
}
