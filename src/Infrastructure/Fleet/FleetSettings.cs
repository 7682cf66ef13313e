using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Postgres;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>How several machines share the work of batches.</summary>
/// <param name="Database">Holds what each run is about to do and has done; null: there is none, and each machine works for itself.</param>
/// <param name="LostAfter">A worker that was not heard of for so long is lost, and its work is given to another.</param>
/// <param name="ChunkSize">Images that a worker takes at a time.</param>
public sealed record FleetSettings(PostgresUrl? Database, TimeSpan LostAfter, int ChunkSize)
{
    private const string DatabaseName = "BATCH_DATABASE_URL";
    private const string EngineName = "BACKGROUND_ENGINE";
    private const string Local = "local";

    /// <summary>The broker by which WebP and AVIF are left to the workers of all machines; null: each service makes those of its uploads.</summary>
    public string? BackgroundBroker { get; init; }

    /// <returns>The database.</returns>
    /// <exception cref="SettingsException">It is not set.</exception>
    public PostgresUrl RequiredDatabase => Database
        ?? throw new SettingsException([$"{DatabaseName}: is not set; for example {DatabaseName}=postgresql://images:password@db.example.org:5432/batches"]);

    /// <param name="brokers">The names of all brokers.</param>
    public static FleetSettings Read(SettingsReader variables, IReadOnlyList<string> brokers)
    {
        FleetSettings settings = ReadBatches(variables);
        string engine = variables.Choice(
            EngineName,
            [Local, .. brokers],
            "Who makes WebP and AVIF of uploads: `local`, the service itself; `hangfire`, `images worker` on any machine with the same settings, this one included (needs BATCH_DATABASE_URL).",
            engine => settings.Database is null && brokers.Contains(engine, StringComparer.OrdinalIgnoreCase) ? $"needs the database of {DatabaseName}, which is not set" : null);
        return engine == Local ? settings : settings with { BackgroundBroker = engine };
    }

    private static FleetSettings ReadBatches(SettingsReader variables) => new(
        PostgresUrl.Read(variables, DatabaseName, "`--engine hangfire` and `images worker`: the database by which machines share the work, `postgresql://user:password@host:5432/name`. Services that have it clean and reconcile incoming once for each storage, rather than each of them."),
        variables.Duration("BATCH_LOST_AFTER", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(2), "`images worker`: a worker that was not heard of for this long is lost, and another one does its work."),
        variables.Number("BATCH_CHUNK", 300, 1, 5000, "`--engine hangfire`: images that a worker takes at a time."));
}
