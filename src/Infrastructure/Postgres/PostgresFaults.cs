using System.Net.Sockets;
using Npgsql;

namespace ImageBackend.Infrastructure.Postgres;

/// <summary>Describes in plain words what is wrong with a database.</summary>
internal static class PostgresFaults
{
    /// <returns>The fault of the database behind an exception, or null if it is something else.</returns>
    /// <remarks>EF wraps transient faults, once or twice.</remarks>
    public static Exception? CauseOf(Exception? exception) =>
        exception is null or NpgsqlException or SocketException or TimeoutException ? exception : CauseOf(exception.InnerException);

    /// <returns>The end of a sentence that begins with the name of the database.</returns>
    public static string Explain(Exception cause) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "refuses the user or the password",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "does not exist on that server",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } fault => $"gives its user no right to do this: {fault.MessageText}",
        PostgresException fault => $"says: {fault.MessageText} ({fault.SqlState})",
        { InnerException: TimeoutException } or TimeoutException => "does not answer in time",
        { InnerException: SocketException fault } => $"can't be reached: {fault.Message}",
        SocketException fault => $"can't be reached: {fault.Message}",
        _ => $"can't be used: {cause.Message}",
    };
}
