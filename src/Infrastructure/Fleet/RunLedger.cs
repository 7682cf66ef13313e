using System.Text.Json;
using Npgsql;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>What each run is to do, and how far it has got.</summary>
public sealed class RunLedger(FleetDatabase database)
{
    private const string Columns = "id, kind, work::text, settings::text, queue, keys, max_keys, state, total, fed, is_fed, cursor, created, ended";
    private const string Run = $"{FleetDatabase.Schema}.run";
    private const string Chunk = $"{FleetDatabase.Schema}.chunk";

    /// <returns>The new run.</returns>
    /// <exception cref="RunRefusedException">One of this kind is under way.</exception>
    public async Task<long> AddAsync(RunOrder order, CancellationToken cancellationToken)
    {
        IReadOnlyList<long> added = await database.QueryAsync(
            $"INSERT INTO {Run} (kind, place, queue, work, settings, keys, max_keys) VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6::text[], $7::integer) ON CONFLICT DO NOTHING RETURNING id",
            [order.Kind, order.Settings.Place, order.Queue, order.Work, JsonSerializer.Serialize(order.Settings.Facts), order.Keys?.ToArray(), order.Limit],
            row => row.GetInt64(0),
            cancellationToken);
        return added is [long id] ? id : throw await UnderWayAsync(order.Kind, order.Settings.Place, cancellationToken);
    }

    /// <exception cref="RunRefusedException">There is no such run.</exception>
    public async Task<FleetRun> FindAsync(long id, CancellationToken cancellationToken) =>
        await database.QueryAsync($"SELECT {Columns} FROM {Run} WHERE id = $1", [id], Read, cancellationToken) is [FleetRun run] ? run
            : throw new RunRefusedException($"There is no run {id}; `images batch list` shows them all.");

    /// <returns>The newest first.</returns>
    public Task<IReadOnlyList<FleetRun>> ListAsync(int most, CancellationToken cancellationToken) =>
        database.QueryAsync($"SELECT {Columns} FROM {Run} ORDER BY id DESC LIMIT $1", [most], Read, cancellationToken);

    public Task<IReadOnlyList<FleetRun>> ListRunningAsync(CancellationToken cancellationToken) =>
        database.QueryAsync($"SELECT {Columns} FROM {Run} WHERE state = 'Running' ORDER BY id", [], Read, cancellationToken);

    /// <param name="aliveWithin">A worker that was not heard of for longer does not count.</param>
    public async Task<RunProgress> ProgressAsync(long id, TimeSpan aliveWithin, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunProgress> found = await database.QueryAsync(
            $"""
            SELECT r.state, r.total, coalesce(sum(c.processed), 0)::bigint, coalesce(sum(c.skipped), 0)::bigint, coalesce(sum(c.failed), 0)::bigint, coalesce(sum(c.bytes), 0)::bigint,
                coalesce(r.ended, now()) - r.created,
                count(*) FILTER (WHERE c.state = 'waiting')::integer, count(*) FILTER (WHERE c.state = 'working')::integer, count(*) FILTER (WHERE c.state = 'done')::integer,
                (SELECT jsonb_object_agg(name, number)::text FROM
                    (SELECT one.key AS name, sum(one.value::bigint) AS number FROM {Chunk} counted, jsonb_each_text(counted.counts) one
                     WHERE counted.run = r.id AND counted.counts IS NOT NULL GROUP BY one.key) sums)
            FROM {Run} r LEFT JOIN {Chunk} c ON c.run = r.id WHERE r.id = $1 GROUP BY r.id
            """,
            [id],
            row => new RunProgress(
                Enum.Parse<RunState>(row.GetString(0)), row.IsDBNull(1) ? null : row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), CountsOf(row, 10), row.GetTimeSpan(6))
            {
                WaitingChunks = row.GetInt32(7),
                ChunksAtWork = row.GetInt32(8),
                DoneChunks = row.GetInt32(9),
            },
            cancellationToken);
        return found.Single() with { Workers = await WorkersAsync(id, aliveWithin, cancellationToken) };
    }

    /// <returns>Those that failed, in the order of their keys.</returns>
    public Task<IReadOnlyList<RunFailure>> FailuresAsync(long id, CancellationToken cancellationToken) => database.QueryAsync(
        $"SELECT key, reason, worker, at FROM {FleetDatabase.Schema}.failure WHERE run = $1 ORDER BY key COLLATE \"C\"",
        [id],
        row => new RunFailure(row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)),
        cancellationToken);

    /// <summary>Workers finish the images in progress and give back the rest.</summary>
    /// <exception cref="RunRefusedException">It is not under way.</exception>
    public async Task CancelAsync(long id, CancellationToken cancellationToken)
    {
        FleetRun run = await FindAsync(id, cancellationToken);
        if (await database.ExecuteAsync($"UPDATE {Run} SET state = 'Cancelled', ended = now() WHERE id = $1 AND state = 'Running'", [id], cancellationToken) == 0)
        {
            throw new RunRefusedException($"Run {id} is not under way: it is {Word(run.State)}.");
        }
    }

    /// <summary>Continues a run that was cancelled.</summary>
    /// <param name="settings">Of this machine.</param>
    /// <exception cref="RunRefusedException">It can't be continued.</exception>
    public async Task ResumeAsync(long id, Func<FleetRun, SharedSettings> settings, CancellationToken cancellationToken)
    {
        FleetRun run = await FindAsync(id, cancellationToken);
        if (run.State != RunState.Cancelled)
        {
            throw new RunRefusedException($"Run {id} was not cancelled: it is {Word(run.State)}.");
        }

        if (settings(run).DifferenceFrom(run.Order.Settings) is { Length: > 0 } difference)
        {
            throw new RunRefusedException($"Run {id} was begun with other settings and can't be continued with these ({difference}). Start a new run: what is done is skipped.");
        }

        IReadOnlyList<long> resumed = await database.QueryAsync(
            $"""
            WITH resumed AS (
                UPDATE {Run} r SET state = 'Running', ended = NULL WHERE id = $1 AND state = 'Cancelled'
                    AND NOT EXISTS (SELECT FROM {Run} other WHERE other.kind = r.kind AND other.place = r.place AND other.state = 'Running') RETURNING id),
            again AS (UPDATE {Chunk} SET submitted = NULL WHERE run IN (SELECT id FROM resumed) AND state = 'waiting')
            SELECT id FROM resumed
            """,
            [id],
            row => row.GetInt64(0),
            cancellationToken);
        if (resumed.Count == 0)
        {
            throw await UnderWayAsync(run.Order.Kind, run.Order.Settings.Place, cancellationToken);
        }
    }

    public Task SetTotalAsync(long id, long total, CancellationToken cancellationToken) =>
        database.ExecuteAsync($"UPDATE {Run} SET total = $2 WHERE id = $1", [id, total], cancellationToken);

    /// <summary>Ends a run if all its chunks are done.</summary>
    /// <returns>Whether it has ended.</returns>
    public async Task<bool> TryEndAsync(long id, CancellationToken cancellationToken) => await database.ExecuteAsync(
        $"UPDATE {Run} SET state = 'Done', ended = now() WHERE id = $1 AND state = 'Running' AND is_fed AND NOT EXISTS (SELECT FROM {Chunk} WHERE run = $1 AND state <> 'done')",
        [id],
        cancellationToken) == 1;

    /// <summary>Says that a worker is there.</summary>
    public Task HeardOfAsync(FleetWorker worker, IReadOnlyList<string> queues, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"""
        INSERT INTO {FleetDatabase.Schema}.worker (name, version, jobs, queues, trouble) VALUES ($1, $2, $3, $4, $5::text)
        ON CONFLICT (name) DO UPDATE SET version = $2, jobs = $3, queues = $4, trouble = $5::text, heard = now()
        """,
        [worker.Name, worker.Version, worker.Jobs, queues.ToArray(), worker.Trouble],
        cancellationToken);

    /// <summary>Forgets a worker that has ended, and all that were not heard of for a day.</summary>
    public Task ForgetAsync(string worker, CancellationToken cancellationToken) =>
        database.ExecuteAsync($"DELETE FROM {FleetDatabase.Schema}.worker WHERE name = $1 OR heard < now() - interval '1 day'", [worker], cancellationToken);

    /// <returns>The workers that may work on a run, and were heard of lately.</returns>
    public Task<IReadOnlyList<FleetWorker>> WorkersAsync(long run, TimeSpan aliveWithin, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        SELECT w.name, w.version, w.jobs, w.trouble FROM {FleetDatabase.Schema}.worker w, {Run} r
        WHERE r.id = $1 AND r.queue = ANY(w.queues) AND w.heard > now() - $2::interval ORDER BY w.name
        """,
        [run, aliveWithin],
        row => new FleetWorker(row.GetString(0), row.GetString(1), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetString(3)),
        cancellationToken);

    public static string Word(RunState state) => state.ToString().ToLowerInvariant();

    internal static FleetRun Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        new RunOrder(row.GetString(1), row.GetString(2), new SharedSettings(JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(3))!), row.GetString(4))
        {
            Keys = row.IsDBNull(5) ? null : row.GetFieldValue<string[]>(5),
            Limit = row.IsDBNull(6) ? null : row.GetInt32(6),
        },
        Enum.Parse<RunState>(row.GetString(7)),
        row.IsDBNull(8) ? null : row.GetInt64(8),
        row.GetInt64(9),
        row.GetBoolean(10),
        row.IsDBNull(11) ? null : row.GetString(11),
        row.GetFieldValue<DateTimeOffset>(12),
        row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13));

    private async Task<RunRefusedException> UnderWayAsync(string kind, string place, CancellationToken cancellationToken)
    {
        IReadOnlyList<long> found = await database.QueryAsync($"SELECT id FROM {Run} WHERE kind = $1 AND place = $2 AND state = 'Running'", [kind, place], row => row.GetInt64(0), cancellationToken);
        return found is [long id]
            ? new RunRefusedException($"Run {id} ({kind}) is under way: `images batch watch {id}` shows it, `images batch cancel {id}` ends it.")
            : new RunRefusedException($"A run of {kind} was under way and has just ended; try again.");
    }

    private static Dictionary<string, long> CountsOf(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? [] : JsonSerializer.Deserialize<Dictionary<string, long>>(row.GetString(column))!;
}
