namespace ImageBackend.Infrastructure.Fleet;

/// <summary>The database of batches can't be used.</summary>
/// <param name="isTransient">Whether it may be reached again later, without anybody changing anything.</param>
public sealed class FleetException(string problem, bool isTransient, Exception? inner = null) : Exception(problem, inner)
{
    public bool IsTransient { get; } = isTransient;

    /// <summary>Whether it can be used, but has no tables of batches, or lacks some.</summary>
    public bool LacksTables { get; init; }
}

/// <summary>What was asked of a run can't be done; the message says why, and what can be done.</summary>
public sealed class RunRefusedException(string reason) : Exception(reason);
