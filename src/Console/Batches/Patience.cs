namespace ImageBackend.Cli.Batches;

/// <summary>Tells a fault of one item from a fault of the whole, and says how long to wait before the next try.</summary>
/// <remarks>
/// While other items succeed, an item is given up after some tries. When none succeeds, all wait longer and longer, and then
/// it is a fault of the whole. It is also one when item after item is given up and none is processed in between: with a full
/// disk, items that are done can still be skipped.
/// </remarks>
/// <param name="pauses">Before the second try, the third …</param>
internal sealed class Patience(IReadOnlyList<TimeSpan> pauses)
{
    private const int TriesOfOne = 3;
    private const int GivenUpInARow = 10;

    private long _settled;
    private int _givenUp;

    /// <summary>Items that were settled without a fault so far.</summary>
    public long Settled => Interlocked.Read(ref _settled);

    public void Succeeded(ItemOutcome outcome)
    {
        Interlocked.Increment(ref _settled);
        if (outcome == ItemOutcome.Processed)
        {
            Volatile.Write(ref _givenUp, 0);
        }
    }

    /// <param name="tries">The tries of this item, 1 or more; the last one met the fault.</param>
    /// <param name="settledBefore"><see cref="Settled"/> before its first try.</param>
    /// <returns>How long to wait before the next try; null to give the item up.</returns>
    /// <exception cref="SystemicFaultException">It is a fault of the whole.</exception>
    public TimeSpan? AfterFault(Exception fault, int tries, long settledBefore)
    {
        if (tries >= TriesOfOne && Settled > settledBefore)
        {
            return Interlocked.Increment(ref _givenUp) < GivenUpInARow ? null : throw new SystemicFaultException(fault);
        }

        return tries <= pauses.Count ? pauses[tries - 1] : throw new SystemicFaultException(fault);
    }
}

/// <summary>Something that every item needs does not work.</summary>
internal sealed class SystemicFaultException(Exception fault) : Exception(fault.Message, fault);
