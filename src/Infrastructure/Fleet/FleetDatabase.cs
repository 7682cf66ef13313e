using ImageBackend.Infrastructure.Postgres;
using Npgsql;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>The database that machines share the work of batches by. Every fault is a <see cref="FleetException"/> without a password.</summary>
/// <param name="patience">The longest time to wait for a connection, or an answer; null: as the address says, or for as long as usual.</param>
public sealed class FleetDatabase(PostgresUrl url, TimeSpan? patience = null) : IAsyncDisposable, IDisposable
{
    internal const string Schema = "image_batches";

    // A worker talks to it about one chunk at a time.
    private const int MaxConnections = 5;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(url.ToConnection(MaxConnections, patience));

    internal string ConnectionString => url.ToConnection(MaxConnections, patience).ConnectionString;

    /// <summary>Host, port and name; for messages.</summary>
    public override string ToString() => $"{url}";

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    public void Dispose() => _source.Dispose();

    /// <param name="sql">With $1, $2 … for the parameters.</param>
    /// <param name="parameters">A null needs a cast in the SQL.</param>
    internal Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object?[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await using NpgsqlCommand command = CommandOf(sql, parameters);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            List<T> rows = [];
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return (IReadOnlyList<T>)rows;
        });

    internal Task<int> ExecuteAsync(string sql, object?[] parameters, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await using NpgsqlCommand command = CommandOf(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });

    internal async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or FleetException) && PostgresFaults.CauseOf(exception) is not null)
        {
            throw FaultOf(exception);
        }
    }

    /// <returns>A connection of its own, closed when it is disposed of: what belongs to a session ends then.</returns>
    internal async Task<NpgsqlConnection> OpenAloneAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder parts = url.ToConnection(MaxConnections, patience);
        parts.Pooling = false;
        NpgsqlConnection connection = new(parts.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception)
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private NpgsqlCommand CommandOf(string sql, object?[] parameters)
    {
        NpgsqlCommand command = _source.CreateCommand(sql);
        foreach (object? value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    private FleetException FaultOf(Exception exception)
    {
        Exception cause = PostgresFaults.CauseOf(exception)!;
        return cause is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedColumn }
            ? new FleetException($"The database {url} (BATCH_DATABASE_URL) has no tables of batches, or lacks some; make them by `images batch init`.", isTransient: false, cause) { LacksTables = true }
            : new FleetException($"The database {url} (BATCH_DATABASE_URL) {PostgresFaults.Explain(cause)}.", IsTransient(cause), cause);
    }

    private static bool IsTransient(Exception cause) => cause switch
    {
        PostgresException fault => fault.IsTransient || fault.SqlState.StartsWith("57P", StringComparison.Ordinal) || fault.SqlState.StartsWith("08", StringComparison.Ordinal),
        _ => true, // the server is not there, or doesn't answer
    };
}
