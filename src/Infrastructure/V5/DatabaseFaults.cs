using System.Net.Sockets;
using ImageBackend.Application.Abstractions;
using Npgsql;

namespace ImageBackend.Infrastructure.V5;

/// <summary>Describes in plain words what is wrong with a database.</summary>
internal static class DatabaseFaults
{
    public static bool IsOfDatabase(Exception exception) => CauseOf(exception) is not null;

    /// <param name="database">Begins the sentence: which database, and where.</param>
    public static MigrationFaultException Of(string database, Exception exception)
    {
        Exception cause = CauseOf(exception)!;
        return new MigrationFaultException($"{database} {Explain(cause)}.", cause);
    }

    // EF wraps transient faults, once or twice.
    private static Exception? CauseOf(Exception? exception) =>
        exception is null or NpgsqlException or SocketException or TimeoutException ? exception : CauseOf(exception.InnerException);

    private static string Explain(Exception cause) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "refuses the user or the password",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "does not exist on that server",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => "has no table app_images_archives: it is not a V5 database, or has another schema",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedColumn } fault => $"does not have the columns of V5: {fault.MessageText}",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } fault => $"gives its user no right to do this: {fault.MessageText}",
        PostgresException fault => $"says: {fault.MessageText} ({fault.SqlState})",
        { InnerException: TimeoutException } or TimeoutException => "does not answer in time",
        { InnerException: SocketException fault } => $"can't be reached: {fault.Message}",
        SocketException fault => $"can't be reached: {fault.Message}",
        _ => $"can't be used: {cause.Message}",
    };
}
