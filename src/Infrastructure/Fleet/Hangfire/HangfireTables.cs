using Hangfire.Logging;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;

namespace ImageBackend.Infrastructure.Fleet.Hangfire;

/// <summary>Where Hangfire keeps its jobs, in the database of the ledger.</summary>
internal static class HangfireTables
{
    public const string Schema = "image_batches_hangfire";

    /// <param name="lostAfter">A worker that was not heard of for so long is lost.</param>
    public static PostgreSqlStorage Open(FleetDatabase database, TimeSpan lostAfter)
    {
        // What it would log is told by the ledger's own faults.
        LogProvider.SetCurrentLogProvider(new SilentLogs());
        PostgreSqlStorageOptions options = new()
        {
            SchemaName = Schema,
            PrepareSchemaIfNecessary = false,
            InvisibilityTimeout = lostAfter,
            // Held for milliseconds; what a killed worker left held is in the way of whoever takes its job.
            DistributedLockTimeout = lostAfter,
            // Without it, a chunk that takes longer than that is handed out again while it is at work.
            UseSlidingInvisibilityTimeout = true,
            QueuePollInterval = lostAfter / 20 < TimeSpan.FromSeconds(2) ? lostAfter / 20 : TimeSpan.FromSeconds(2),
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }

    private sealed class SilentLogs : ILogProvider, ILog
    {
        public ILog GetLogger(string name) => this;

        public bool Log(LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null) => false;
    }
}
