using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Postgres;
using Npgsql;

namespace ImageBackend.Infrastructure.V5;

/// <summary>The predecessor's list of migrated images: a table of keys for each active storage, created if it is missing.</summary>
/// <param name="table">The table of the active storage.</param>
internal sealed class MigrationLedger(PostgresUrl url, string table) : IMigrationLedger, IAsyncDisposable
{
    // Width of the predecessor's column; a longer key does not fit, and counts as not marked.
    private const int MaxKeyLength = 30;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(url.ToConnectionString(isReadOnly: false));
    private readonly string _table = new NpgsqlCommandBuilder().QuoteIdentifier(table);

    public async Task<bool> HasAllAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken)
    {
        string[] names = Texts(keys);
        try
        {
            await using NpgsqlCommand command = _source.CreateCommand($"SELECT count(*) FROM {_table} WHERE key = ANY($1)");
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = names });
            return (long)(await command.ExecuteScalarAsync(cancellationToken))! == keys.Count;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }
        catch (Exception exception) when (DatabaseFaults.IsOfDatabase(exception))
        {
            throw Fault(exception);
        }
    }

    public async Task MarkAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken)
    {
        try
        {
            await InsertAsync(keys, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            await CreateTableAsync(cancellationToken);
            await MarkAsync(keys, cancellationToken);
        }
        catch (Exception exception) when (DatabaseFaults.IsOfDatabase(exception))
        {
            throw Fault(exception);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string[] Texts(IEnumerable<ImageKey> keys) => [.. keys.Select(key => key.ToString()).Where(text => text.Length <= MaxKeyLength)];

    private async Task InsertAsync(IEnumerable<ImageKey> keys, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = _source.CreateCommand($"INSERT INTO {_table} (key) SELECT unnest($1) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Texts(keys) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CreateTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlCommand command = _source.CreateCommand($"CREATE TABLE IF NOT EXISTS {_table} (key character varying({MaxKeyLength}) PRIMARY KEY)");
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject)
        {
            // Another process made it at the same moment, which "if not exists" does not cover.
        }
        catch (Exception exception) when (DatabaseFaults.IsOfDatabase(exception))
        {
            throw Fault(exception);
        }
    }

    private MigrationFaultException Fault(Exception exception) => DatabaseFaults.Of($"The ledger {url} (BUCKET_DATABASE_URL)", exception);
}

/// <summary>No list is kept: whatever active storage has is migrated.</summary>
internal sealed class NoLedger : IMigrationLedger
{
    public Task<bool> HasAllAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task MarkAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken) => Task.CompletedTask;
}
