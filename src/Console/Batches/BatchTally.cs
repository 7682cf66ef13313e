using System.Collections.Concurrent;

namespace ImageBackend.Cli.Batches;

/// <summary>Counts the results of items, from many threads.</summary>
internal sealed class BatchTally(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private long _total = -1;
    private long _skipped;
    private long _processed;
    private long _failed;
    private long _bytes;

    public BatchFigures Figures => new(
        Interlocked.Read(ref _total) is >= 0 and var total ? total : null,
        Interlocked.Read(ref _skipped),
        Interlocked.Read(ref _processed),
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _bytes),
        time.GetElapsedTime(_started));

    /// <summary>The items' <see cref="ItemResult.Counts"/>, added up.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void SetTotal(long total) => Interlocked.Exchange(ref _total, total);

    public void Add(ItemResult result)
    {
        _ = result.Outcome switch
        {
            ItemOutcome.Skipped => Interlocked.Increment(ref _skipped),
            ItemOutcome.Processed => Interlocked.Increment(ref _processed),
            _ => Interlocked.Increment(ref _failed),
        };
        Interlocked.Add(ref _bytes, result.Bytes);
        foreach ((string name, long count) in result.Counts)
        {
            _counts.AddOrUpdate(name, count, (_, sum) => sum + count);
        }
    }
}
