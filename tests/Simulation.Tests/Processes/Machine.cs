using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Processes;

/// <summary>Where one process runs after the other: what outlives them.</summary>
/// <param name="name">For traces.</param>
/// <param name="isService">Whether it does background work.</param>
/// <param name="skew">How far its clock is ahead.</param>
/// <param name="faults">By the number of the call.</param>
internal sealed class Machine(string name, bool isService, TimeSpan skew, IReadOnlyDictionary<int, FaultKind> faults)
{
    public string Name => name;

    public bool IsService => isService;

    public TimeSpan Skew => skew;

    /// <summary>Calls of ports so far.</summary>
    public int Calls { get; private set; }

    /// <summary>How many of them were made to fail.</summary>
    public int Faults { get; private set; }

    /// <summary>From now on every call works.</summary>
    public bool IsHealed { get; set; }

    public SimulatedProcess? Process { get; set; }

    /// <returns>What happens to the call that is made now.</returns>
    public FaultKind NextFault()
    {
        FaultKind kind = faults.TryGetValue(++Calls, out FaultKind found) && !IsHealed ? found : FaultKind.None;
        Faults += kind == FaultKind.None ? 0 : 1;
        return kind;
    }
}
