namespace ImageBackend.Testing;

/// <summary>
/// A fact that needs the programs of PostgreSQL. If they are missing the fact is skipped by name; in CI it fails instead.
/// </summary>
internal sealed class NeedsPostgresFactAttribute : FactAttribute
{
    public NeedsPostgresFactAttribute() => Skip = WhySkipped;

    /// <summary>Null: they are there, or must be.</summary>
    public static string? WhySkipped { get; } = PostgresServer.FindPrograms() is not null || Environment.GetEnvironmentVariable("CI") == "true"
        ? null
        : "PostgreSQL is missing; build/install-test-tools says how to get it";
}
