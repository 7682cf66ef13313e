using Npgsql;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>How far a run is, for metrics: numbers alone, of all runs by one query.</summary>
/// <param name="Total">Images; null until they are counted.</param>
public sealed record RunFigures(long Id, string Kind, bool IsUnderWay, long? Total, long Processed, long Skipped, long Failed)
{
    // Each has ten series.
    private const int MaxRuns = 20;

    public int WaitingChunks { get; init; }

    public int ChunksAtWork { get; init; }

    public int DoneChunks { get; init; }

    /// <summary>Of the chunks that are at work, the longest time that its worker has not been heard of; null: none is.</summary>
    public double? SilentSeconds { get; init; }

    /// <summary>The workers that were heard of lately and may work on it.</summary>
    public int Workers { get; init; }

    /// <summary>Those among them that something keeps from working.</summary>
    public int WorkersInTrouble { get; init; }

    /// <returns>The runs under way and those that ended within the hour, twenty at most.</returns>
    /// <param name="aliveWithin">A worker that was not heard of for longer does not count.</param>
    /// <exception cref="FleetException">The database can't be used.</exception>
    internal static Task<IReadOnlyList<RunFigures>> ReadAsync(FleetDatabase database, TimeSpan aliveWithin, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        SELECT r.id, r.kind, r.state = 'Running', r.total, c.processed, c.skipped, c.failed, c.waiting, c.at_work, c.done, c.silent, w.alive, w.in_trouble
        FROM (SELECT id, kind, queue, state, total FROM {FleetDatabase.Schema}.run WHERE state = 'Running' OR ended > now() - interval '1 hour'
              ORDER BY state = 'Running' DESC, id DESC LIMIT {MaxRuns}) r,
        LATERAL (SELECT coalesce(sum(processed), 0)::bigint AS processed, coalesce(sum(skipped), 0)::bigint AS skipped, coalesce(sum(failed), 0)::bigint AS failed,
                    count(*) FILTER (WHERE state = 'waiting')::integer AS waiting, count(*) FILTER (WHERE state = 'working')::integer AS at_work,
                    count(*) FILTER (WHERE state = 'done')::integer AS done,
                    extract(epoch FROM now() - min(heard) FILTER (WHERE state = 'working'))::float8 AS silent
                 FROM {FleetDatabase.Schema}.chunk WHERE run = r.id) c,
        LATERAL (SELECT count(*)::integer AS alive, count(trouble)::integer AS in_trouble
                 FROM {FleetDatabase.Schema}.worker WHERE r.queue = ANY(queues) AND heard > now() - $1::interval) w
        """,
        [aliveWithin],
        Read,
        cancellationToken);

    private static RunFigures Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6))
    {
        WaitingChunks = row.GetInt32(7),
        ChunksAtWork = row.GetInt32(8),
        DoneChunks = row.GetInt32(9),
        SilentSeconds = row.IsDBNull(10) ? null : row.GetDouble(10),
        Workers = row.GetInt32(11),
        WorkersInTrouble = row.GetInt32(12),
    };
}
