using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>Adds up what a worker does with one chunk, from many threads, until it is reported.</summary>
internal sealed class ChunkTally(IReadOnlyList<string> keys)
{
    private readonly Lock _gate = new();
    private IReadOnlyList<string> _left = keys;
    private List<(string Key, ItemResult Result)> _settled = [];

    public void Add(string key, ItemResult result)
    {
        lock (_gate)
        {
            _settled.Add((key, result));
        }
    }

    /// <returns>What was done since the last report.</returns>
    /// <param name="isEnd">Whether nothing follows: the chunk is done, or what is left is given back.</param>
    public ChunkReport Take(bool isEnd)
    {
        lock (_gate)
        {
            int before = _left.Count;
            HashSet<string> settled = [.. _settled.Select(one => one.Key)];
            _left = settled.Count == 0 ? _left : [.. _left.Where(key => !settled.Contains(key))];
            ChunkReport report = new(before, settled.Count == 0 ? null : _left, !isEnd ? ChunkOutcome.AtWork : _left.Count == 0 ? ChunkOutcome.Done : ChunkOutcome.GivenBack)
            {
                Processed = CountOf(ItemOutcome.Processed),
                Skipped = CountOf(ItemOutcome.Skipped),
                Bytes = _settled.Sum(one => one.Result.Bytes),
                Counts = _settled.SelectMany(one => one.Result.Counts).GroupBy(count => count.Key).ToDictionary(group => group.Key, group => group.Sum(count => count.Value)),
                Failures = [.. _settled.Where(one => one.Result.Outcome == ItemOutcome.Failed).Select(one => (one.Key, string.Join("; ", one.Result.Reasons)))],
            };
            _settled = [];
            return report;
        }
    }

    private long CountOf(ItemOutcome outcome) => _settled.Count(one => one.Result.Outcome == outcome);
}
