using ImageBackend.Simulation.Tests.Rules;

namespace ImageBackend.Simulation.Tests.Running;

/// <param name="Violation">Null if all rules were kept.</param>
/// <param name="Choices">What was chosen, to repeat it.</param>
/// <param name="Trace">Empty unless it was wanted.</param>
internal sealed record Outcome(Violation? Violation, IReadOnlyList<int> Choices, int Steps, string Trace);
