namespace ImageBackend.Infrastructure.Fleet;

/// <summary>The latest runs, for whoever looks at them and takes no part.</summary>
public sealed class SharedRuns(FleetSettings settings) : IAsyncDisposable, IDisposable
{
    private readonly FleetDatabase? _database = settings.Database is { } url ? new FleetDatabase(url) : null;

    /// <summary>Whether there is a database of batches.</summary>
    public bool IsSet => _database is not null;

    /// <returns>The newest first; none without a database.</returns>
    /// <exception cref="FleetException">The database can't be used, or has no tables of batches.</exception>
    public async Task<IReadOnlyList<(FleetRun Run, RunProgress Progress)>> LatestAsync(int most, CancellationToken cancellationToken)
    {
        List<(FleetRun, RunProgress)> latest = [];
        if (_database is not null)
        {
            RunLedger ledger = new(_database);
            foreach (FleetRun run in await ledger.ListAsync(most, cancellationToken))
            {
                latest.Add((run, await ledger.ProgressAsync(run.Id, settings.LostAfter, cancellationToken)));
            }
        }

        return latest;
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>For hosts that end synchronously.</summary>
    public void Dispose() => _database?.Dispose();
}
