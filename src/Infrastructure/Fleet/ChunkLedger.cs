using System.Text.Json;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>The chunks of runs: which keys are left in each, and who works on it. A chunk that is done keeps its figures, not its keys.</summary>
public sealed class ChunkLedger(FleetDatabase database, TimeSpan lostAfter)
{
    private const string Run = $"{FleetDatabase.Schema}.run";
    private const string Chunk = $"{FleetDatabase.Schema}.chunk";

    /// <summary>How often a worker must be heard of while it works on a chunk.</summary>
    public TimeSpan Heartbeat { get; } = lostAfter / 8 < TimeSpan.FromSeconds(5) ? lostAfter / 8 : TimeSpan.FromSeconds(5);

    /// <summary>Adds a chunk and moves the cursor, unless the run is no longer under way or another process has moved it.</summary>
    /// <param name="run">As it was read: its cursor is where the keys begin.</param>
    /// <returns>The run as it is now; null: nothing was added.</returns>
    public async Task<FleetRun?> AddAsync(FleetRun run, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        string cursor = keys[^1];
        return await database.ExecuteAsync(
            $"""
            WITH moved AS (
                UPDATE {Run} SET cursor = $2, fed = fed + $3, chunks = chunks + 1 WHERE id = $1 AND state = 'Running' AND fed = $4 RETURNING id, chunks)
            INSERT INTO {Chunk} (run, number, keys) SELECT id, chunks, $5::text[] FROM moved
            """,
            [run.Id, cursor, keys.Count, run.Fed, keys.ToArray()],
            cancellationToken) == 1 ? run with { Cursor = cursor, Fed = run.Fed + keys.Count } : null;
    }

    /// <summary>Says that no more chunks will be added.</summary>
    public Task SetFedAsync(long run, CancellationToken cancellationToken) =>
        database.ExecuteAsync($"UPDATE {Run} SET is_fed = true, total = fed WHERE id = $1", [run], cancellationToken);

    /// <returns>How many chunks of a run no worker has.</returns>
    public async Task<long> CountWaitingAsync(long run, CancellationToken cancellationToken) =>
        (await database.QueryAsync($"SELECT count(*) FROM {Chunk} WHERE run = $1 AND state = 'waiting'", [run], row => row.GetInt64(0), cancellationToken))[0];

    /// <returns>Chunks that are not in the queue as far as the ledger knows, or whose worker has long been silent.</returns>
    /// <param name="isQueueEmpty">Then the queue has lost whatever waits.</param>
    public Task<IReadOnlyList<ChunkRef>> ListUnsubmittedAsync(long run, bool isQueueEmpty, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        SELECT number FROM {Chunk} WHERE run = $1 AND (
            (state = 'waiting' AND (submitted IS NULL OR ($3 AND submitted < now() - $2::interval)))
            OR (state = 'working' AND heard < now() - 3 * $2::interval AND submitted < now() - 3 * $2::interval))
        ORDER BY number
        """,
        [run, lostAfter, isQueueEmpty],
        row => new ChunkRef(run, row.GetInt32(0)),
        cancellationToken);

    /// <returns>Chunks whose worker has been silent for so long that it counts as lost.</returns>
    public Task<IReadOnlyList<ChunkRef>> ListLostAsync(long run, CancellationToken cancellationToken) => database.QueryAsync(
        $"SELECT number FROM {Chunk} WHERE run = $1 AND state = 'working' AND heard < now() - $2::interval ORDER BY number",
        [run, lostAfter],
        row => new ChunkRef(run, row.GetInt32(0)),
        cancellationToken);

    public Task SetSubmittedAsync(ChunkRef chunk, CancellationToken cancellationToken) =>
        database.ExecuteAsync($"UPDATE {Chunk} SET submitted = now() WHERE run = $1 AND number = $2", [chunk.Run, chunk.Number], cancellationToken);

    /// <summary>Begins a chunk, counted before anything is done: if this process is killed by it, that is known.</summary>
    /// <returns>Null: there is nothing to do, since it is done, its run is not under way, or another worker is heard of.</returns>
    public async Task<BegunChunk?> BeginAsync(ChunkRef chunk, string worker, CancellationToken cancellationToken)
    {
        // A queue hands a chunk out again at the earliest after four fifths of the time, so half of it tells a lost worker from one that is at work.
        IReadOnlyList<(string[] Keys, int Attempt, int Deaths)> begun = await database.QueryAsync(
            $"""
            UPDATE {Chunk} c SET attempt = attempt + 1, deaths = deaths + CASE WHEN c.state = 'working' THEN 1 ELSE 0 END, state = 'working', worker = $3, heard = now()
            FROM {Run} r WHERE r.id = c.run AND r.state = 'Running' AND c.run = $1 AND c.number = $2
                AND (c.state = 'waiting' OR (c.state = 'working' AND c.heard < now() - $4::interval))
            RETURNING c.keys, c.attempt, c.deaths
            """,
            [chunk.Run, chunk.Number, worker, lostAfter / 2],
            row => (row.GetFieldValue<string[]>(0), row.GetInt32(1), row.GetInt32(2)),
            cancellationToken);
        return begun is [var one] ? new BegunChunk(chunk, await new RunLedger(database).FindAsync(chunk.Run, cancellationToken), one.Keys, one.Attempt, one.Deaths) : null;
    }

    /// <summary>Reports what was done, and that the worker is at work.</summary>
    /// <remarks>It may be repeated after a fault: what has arrived does not count again, and the chunk is then as good as lost.</remarks>
    /// <returns>Whether to continue: not if the run was cancelled, or another worker has begun the chunk since.</returns>
    public async Task<bool> ReportAsync(BegunChunk chunk, string worker, ChunkReport report, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> state = await database.QueryAsync(
            $"""
            WITH reported AS (
                UPDATE {Chunk} SET
                    heard = now(),
                    submitted = CASE WHEN $4 = 'waiting' THEN NULL ELSE submitted END,
                    keys = CASE WHEN $4 = 'done' THEN NULL ELSE coalesce($5::text[], keys) END,
                    state = $4,
                    processed = processed + $6, skipped = skipped + $7, failed = failed + cardinality($10::text[]), bytes = bytes + $8,
                    counts = (SELECT jsonb_object_agg(name, number) FROM (SELECT name, sum(number) AS number FROM
                        (SELECT key AS name, value::bigint AS number FROM jsonb_each_text(coalesce(counts, jsonb_build_object()))
                         UNION ALL SELECT key, value::bigint FROM jsonb_each_text($9::jsonb)) both_counts GROUP BY name) sums)
                WHERE run = $1 AND number = $2 AND attempt = $3 AND state = 'working' AND cardinality(keys) = $13 RETURNING run),
            failures AS (
                INSERT INTO {FleetDatabase.Schema}.failure (run, key, reason, worker)
                SELECT DISTINCT ON (one.key) $1, one.key, one.reason, $12 FROM unnest($10::text[], $11::text[]) AS one (key, reason) WHERE EXISTS (SELECT FROM reported)
                ON CONFLICT (run, key) DO UPDATE SET reason = excluded.reason, worker = excluded.worker, at = excluded.at)
            SELECT r.state FROM {Run} r JOIN reported ON reported.run = r.id
            """,
            [
                chunk.Ref.Run, chunk.Ref.Number, chunk.Attempt,
                report.Outcome switch { ChunkOutcome.Done => "done", ChunkOutcome.GivenBack => "waiting", _ => "working" },
                report.Remaining?.ToArray(), report.Processed, report.Skipped, report.Bytes,
                JsonSerializer.Serialize(report.Counts),
                report.Failures.Select(failure => failure.Key).ToArray(), report.Failures.Select(failure => failure.Reason).ToArray(), worker, report.LeftBefore,
            ],
            row => row.GetString(0),
            cancellationToken);
        return state is ["Running"];
    }

    /// <summary>Gives each key that is left a chunk of its own, so that one of them that kills its worker is found. The chunk itself is done.</summary>
    public Task SplitAsync(BegunChunk chunk, CancellationToken cancellationToken) => database.ExecuteAsync(
        $"""
        WITH ended AS (UPDATE {Chunk} SET state = 'done', keys = NULL WHERE run = $1 AND number = $2 AND attempt = $3 AND state = 'working' RETURNING run),
        counted AS (UPDATE {Run} r SET chunks = r.chunks + $5 FROM ended WHERE r.id = ended.run RETURNING r.id, r.chunks - $5 AS before)
        INSERT INTO {Chunk} (run, number, keys) SELECT counted.id, counted.before + one.number, ARRAY[one.key]
        FROM counted, unnest($4::text[]) WITH ORDINALITY AS one (key, number)
        """,
        [chunk.Ref.Run, chunk.Ref.Number, chunk.Attempt, chunk.Keys.ToArray(), chunk.Keys.Count],
        cancellationToken);
}
