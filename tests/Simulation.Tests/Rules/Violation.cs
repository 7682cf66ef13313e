namespace ImageBackend.Simulation.Tests.Rules;

/// <param name="Rule">Its short name; a schedule is shrunk as long as the same rule is broken.</param>
/// <param name="Text">What happened.</param>
internal sealed record Violation(string Rule, string Text)
{
    public override string ToString() => $"{Rule}: {Text}";
}
