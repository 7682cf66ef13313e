using System.Globalization;
using Npgsql;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>The tables of batches. They are made and changed by <c>images batch init</c> alone.</summary>
public static class FleetSchema
{
    /// <summary>Raised with every change of a table, also of the broker's.</summary>
    private const int Version = 1;

    private const string Tables = $"""
        CREATE SCHEMA {FleetDatabase.Schema};
        CREATE TABLE {FleetDatabase.Schema}.version (version integer NOT NULL);
        CREATE TABLE {FleetDatabase.Schema}.run (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL,
            place text NOT NULL,
            queue text NOT NULL,
            work jsonb NOT NULL,
            settings jsonb NOT NULL,
            keys text[],
            max_keys integer,
            state text NOT NULL DEFAULT 'Running',
            cursor text,
            total bigint,
            fed bigint NOT NULL DEFAULT 0,
            chunks integer NOT NULL DEFAULT 0,
            is_fed boolean NOT NULL DEFAULT false,
            created timestamptz NOT NULL DEFAULT now(),
            ended timestamptz);
        CREATE UNIQUE INDEX run_one_of_a_kind ON {FleetDatabase.Schema}.run (kind, place) WHERE state = 'Running';
        CREATE TABLE {FleetDatabase.Schema}.chunk (
            run bigint NOT NULL REFERENCES {FleetDatabase.Schema}.run ON DELETE CASCADE,
            number integer NOT NULL,
            keys text[],
            state text NOT NULL DEFAULT 'waiting',
            attempt integer NOT NULL DEFAULT 0,
            deaths integer NOT NULL DEFAULT 0,
            worker text,
            submitted timestamptz,
            heard timestamptz,
            processed bigint NOT NULL DEFAULT 0,
            skipped bigint NOT NULL DEFAULT 0,
            failed bigint NOT NULL DEFAULT 0,
            bytes bigint NOT NULL DEFAULT 0,
            counts jsonb,
            PRIMARY KEY (run, number));
        CREATE INDEX chunk_open ON {FleetDatabase.Schema}.chunk (run, state) WHERE state <> 'done';
        CREATE TABLE {FleetDatabase.Schema}.failure (
            run bigint NOT NULL REFERENCES {FleetDatabase.Schema}.run ON DELETE CASCADE,
            key text NOT NULL,
            reason text NOT NULL,
            worker text NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (run, key));
        CREATE TABLE {FleetDatabase.Schema}.worker (
            name text PRIMARY KEY,
            version text NOT NULL,
            jobs integer NOT NULL,
            queues text[] NOT NULL,
            trouble text,
            heard timestamptz NOT NULL DEFAULT now());
        """;

    /// <summary>Makes the tables, or says that they are there. Several machines may do so at a time.</summary>
    /// <returns>Whether they were missing.</returns>
    /// <exception cref="FleetException">The database can't be used, or has the tables of another version.</exception>
    public static Task<bool> InitAsync(FleetDatabase database, IFleetBroker broker, CancellationToken cancellationToken) => database.RunAsync(async () =>
    {
        await using NpgsqlConnection connection = await database.OpenAloneAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync("SELECT pg_advisory_xact_lock(hashtextextended('image_batches init', 0))");
        if (await RunAsync($"SELECT to_regclass('{FleetDatabase.Schema}.version')::text") is string)
        {
            ThrowIfOther(database, (int)(await RunAsync($"SELECT version FROM {FleetDatabase.Schema}.version"))!);
            return false;
        }

        await RunAsync(Tables);
        // It has transactions of its own. If this process dies in between, the next one finds no version, and completes them.
        await broker.PrepareAsync(cancellationToken);
        await RunAsync(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {FleetDatabase.Schema}.version VALUES ({Version})"));
        await transaction.CommitAsync(cancellationToken);
        return true;

        async Task<object?> RunAsync(string sql)
        {
            await using NpgsqlCommand command = new(sql, connection, transaction);
            return await command.ExecuteScalarAsync(cancellationToken);
        }
    });

    /// <exception cref="FleetException">The database can't be used, or doesn't have the tables of this version.</exception>
    public static async Task CheckAsync(FleetDatabase database, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> versions = await database.QueryAsync($"SELECT version FROM {FleetDatabase.Schema}.version", [], row => row.GetInt32(0), cancellationToken);
        ThrowIfOther(database, versions is [int version] ? version : 0);
    }

    private static void ThrowIfOther(FleetDatabase database, int version)
    {
        if (version != Version)
        {
            throw new FleetException(
                $"The database {database} (BATCH_DATABASE_URL) has the tables of batches of version {version}, but this program works with version {Version}; "
                + (version < Version ? "end all runs, drop its schemas image_batches and image_batches_hangfire, and run `images batch init`." : "use the program that made them."),
                isTransient: false);
        }
    }
}
