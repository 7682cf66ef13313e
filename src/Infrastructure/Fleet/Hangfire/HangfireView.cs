using Hangfire;

namespace ImageBackend.Infrastructure.Fleet.Hangfire;

/// <summary>The jobs of Hangfire, for its dashboard. It waits for a database that is away for some seconds at most.</summary>
public sealed class HangfireView : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FleetDatabase _database;
    private readonly JobStorage _storage;

    /// <param name="settings">With a database.</param>
    public HangfireView(FleetSettings settings)
    {
        _database = new FleetDatabase(settings.RequiredDatabase, Patience);
        _storage = HangfireTables.Open(_database, settings.LostAfter);
    }

    /// <exception cref="FleetException">The database can't be used, or has no tables of batches.</exception>
    public async Task LookAsync(Func<JobStorage, Task> look, CancellationToken cancellationToken)
    {
        await FleetSchema.CheckAsync(_database, cancellationToken);
        await _database.RunAsync(async () =>
        {
            await look(_storage);
            return true;
        });
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>For hosts that end synchronously.</summary>
    public void Dispose() => _database.Dispose();
}
