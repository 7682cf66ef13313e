using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Rules;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Running;

/// <summary>Does its operations one after the other.</summary>
internal sealed class Actor(IEnumerable<Operation> operations)
{
    private readonly Queue<Operation> _left = new(operations);

    public Operation? Next => _left.TryPeek(out Operation? next) ? next : null;

    /// <summary>What it waits for the answer of.</summary>
    public SentRequest? UnderWay { get; set; }

    /// <summary>The process that works on it.</summary>
    public SimulatedProcess? Process { get; set; }

    public bool IsDone => UnderWay is null && _left.Count == 0;

    public Operation Take() => _left.Dequeue();
}
