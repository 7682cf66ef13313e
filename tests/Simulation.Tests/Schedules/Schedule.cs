using System.Text;

namespace ImageBackend.Simulation.Tests.Schedules;

/// <summary>All that is decided before a simulation begins, so that it is the same each time.</summary>
internal sealed record Schedule
{
    public static readonly IReadOnlyList<string> MachineNames = ["service A", "service B", "console"];

    public const int Console = 2;

    public required IReadOnlyList<Operation> Operations { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>How many modern formats are made: 0 to 2.</summary>
    public int ModernFormats { get; init; }

    /// <summary>Whether the storages tell contents apart by the contents, as S3 does, or by each write, as folders do.</summary>
    public bool TagsContent { get; init; }

    /// <summary>How far each machine's clock is ahead, in minutes.</summary>
    public required IReadOnlyList<int> Skews { get; init; }

    /// <summary>Chooses who goes on, unless <see cref="Choices"/> does.</summary>
    public ulong ChoiceSeed { get; init; }

    public int Stickiness { get; init; }

    public IReadOnlyList<int>? Choices { get; init; }

    /// <summary>What a shrunk schedule is measured by: operations, faults, and switches that nobody asked for.</summary>
    public int Size => Operations.Count + Faults.Count + (Choices?.Count(choice => choice != 0) ?? 0);

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine($"modern formats {ModernFormats}, ETag by {(TagsContent ? "content" : "write")}, clocks ahead {string.Join(' ', Skews)} min");
        foreach (Operation operation in Operations)
        {
            text.AppendLine($"  {operation}");
        }

        foreach (Fault fault in Faults)
        {
            text.AppendLine($"  {fault}");
        }

        text.Append(Choices is null ? $"choices by {ChoiceSeed}, {Stickiness} % sticky" : $"choices {string.Join(' ', Choices)}");
        return text.ToString();
    }
}
