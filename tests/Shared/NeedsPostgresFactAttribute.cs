namespace ImageBackend.Testing;

/// <summary>
/// A fact that needs the programs of PostgreSQL. If they are missing the fact is skipped by name; in CI it fails instead.
/// </summary>
internal sealed class NeedsPostgresFactAttribute : FactAttribute
{
    public NeedsPostgresFactAttribute()
    {
        if (PostgresServer.FindPrograms() is null && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Skip = "PostgreSQL is missing; build/install-test-tools says how to get it";
        }
    }
}
