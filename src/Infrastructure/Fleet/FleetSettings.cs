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

    /// <returns>The database.</returns>
    /// <exception cref="SettingsException">It is not set.</exception>
    public PostgresUrl RequiredDatabase => Database
        ?? throw new SettingsException([$"{DatabaseName}: is not set; for example {DatabaseName}=postgresql://images:password@db.example.org:5432/batches"]);

    public static FleetSettings Read(SettingsReader variables) => new(
        PostgresUrl.Read(variables, DatabaseName, "`--engine hangfire` and `images worker`: the database by which machines share the work, `postgresql://user:password@host:5432/name`. Services that have it clean and reconcile incoming once for each storage, rather than each of them."),
        variables.Duration("BATCH_LOST_AFTER", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(2), "`images worker`: a worker that was not heard of for this long is lost, and another one does its work."),
        variables.Number("BATCH_CHUNK", 300, 1, 5000, "`--engine hangfire`: images that a worker takes at a time."));
}
