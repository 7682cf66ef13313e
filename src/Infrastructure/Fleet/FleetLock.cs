using Npgsql;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>What only one process at a time may do. It is held as long as a connection is open, so a process that is killed holds nothing.</summary>
public sealed class FleetLock : IAsyncDisposable, IDisposable
{
    private readonly NpgsqlConnection _connection;

    private FleetLock(NpgsqlConnection connection) => _connection = connection;

    /// <returns>Null: another process has it. The caller disposes it.</returns>
    /// <exception cref="FleetException">The database can't be used.</exception>
    public static Task<FleetLock?> TryTakeAsync(FleetDatabase database, string name, CancellationToken cancellationToken) => database.RunAsync(async () =>
    {
        NpgsqlConnection connection = await database.OpenAloneAsync(cancellationToken);
        try
        {
            // The server notices within a minute that a machine is gone which said nothing.
            await using NpgsqlCommand command = new(
                "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false), pg_try_advisory_lock(hashtextextended($1, 0))",
                connection);
            command.Parameters.Add(new NpgsqlParameter { Value = name });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken) && reader.GetBoolean(3))
            {
                await reader.DisposeAsync();
                return new FleetLock(connection);
            }
        }
        catch (Exception)
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    });

    /// <returns>Whether the connection that holds it still works.</returns>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlCommand command = new("SELECT 1", _connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    public void Dispose() => _connection.Dispose();
}
