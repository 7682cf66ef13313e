namespace ImageBackend.Simulation.Tests.Schedules;

/// <summary>What happens to one call of a port.</summary>
internal enum FaultKind
{
    None,

    /// <summary>It fails and does nothing.</summary>
    Fails,

    /// <summary>It does its work and fails all the same.</summary>
    FailsAfterwards,

    /// <summary>It takes effect late.</summary>
    HappensLate,

    /// <summary>It takes effect at once, but is answered late.</summary>
    AnswersLate,

    /// <summary>The process ends just before.</summary>
    KilledBefore,

    /// <summary>The process ends just after.</summary>
    KilledAfter,

    /// <summary>The clients of this process leave: their requests are cancelled.</summary>
    ClientsLeave,
}

/// <param name="Machine">Index of the machine that makes the call.</param>
/// <param name="Call">Its number among the calls of that machine, from 1 on.</param>
internal sealed record Fault(int Machine, int Call, FaultKind Kind)
{
    public override string ToString() => $"{Kind} at call {Call} of {Schedule.MachineNames[Machine]}";
}
