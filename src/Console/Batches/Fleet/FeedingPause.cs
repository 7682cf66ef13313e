namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>How long a feeder rests once enough chunks wait: shorter while workers empty the queue in the meantime, as they do where images are only skipped.</summary>
internal sealed class FeedingPause
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _longest;
    private TimeSpan _pause;

    /// <param name="longest">What it begins with, and comes back to.</param>
    public FeedingPause(TimeSpan longest)
    {
        _longest = longest;
        _pause = longest;
    }

    /// <param name="added">Chunks that were added since the last pause.</param>
    /// <param name="most">Chunks that may wait at a time; 0 if there are none left to add.</param>
    public TimeSpan Next(int added, int most)
    {
        if (most > 0 && added >= most)
        {
            _pause = _pause / 2 > Shortest ? _pause / 2 : Shortest;
        }
        else if (added <= most / 2)
        {
            _pause = _pause * 2 < _longest ? _pause * 2 : _longest;
        }

        return _pause;
    }
}
