using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Postgres;
using Npgsql;

namespace ImageBackend.Infrastructure.V5;

/// <summary>Describes in plain words what is wrong with a database of an old site.</summary>
internal static class DatabaseFaults
{
    public static bool IsOfDatabase(Exception exception) => PostgresFaults.CauseOf(exception) is not null;

    /// <param name="database">Begins the sentence: which database, and where.</param>
    public static MigrationFaultException Of(string database, Exception exception)
    {
        Exception cause = PostgresFaults.CauseOf(exception)!;
        return new MigrationFaultException($"{database} {Explain(cause)}.", cause);
    }

    private static string Explain(Exception cause) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => "has no table app_images_archives: it is not a V5 database, or has another schema",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedColumn } fault => $"does not have the columns of V5: {fault.MessageText}",
        _ => PostgresFaults.Explain(cause),
    };
}
