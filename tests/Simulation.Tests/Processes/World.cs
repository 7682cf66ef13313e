using ImageBackend.Simulation.Tests.Engine;
using ImageBackend.Simulation.Tests.Ports;
using ImageBackend.Simulation.Tests.Rules;

namespace ImageBackend.Simulation.Tests.Processes;

/// <summary>What all processes share: storages, time, and the turns that they take.</summary>
internal sealed class World(Scheduler scheduler, SimulatedClock clock, Ledger ledger, Trace trace)
{
    private long _nextNumber = 1_000_000_000;

    public Scheduler Scheduler => scheduler;

    public SimulatedClock Clock => clock;

    public Ledger Ledger => ledger;

    public Trace Trace => trace;

    public StoredObjects Incoming => ledger.Incoming;

    public StoredObjects Active => ledger.Active;

    public StoredMarks Marks { get; } = new();

    /// <summary>Calls that a fault has made late and that are not done yet.</summary>
    public int LateCalls { get; set; }

    public long DrawNumber() => _nextNumber++;
}
