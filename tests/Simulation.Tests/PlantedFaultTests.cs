using ImageBackend.Simulation.Tests.Planted;
using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Running;
using ImageBackend.Simulation.Tests.Schedules;
using Xunit.Abstractions;

namespace ImageBackend.Simulation.Tests;

/// <summary>The simulation finds what it is there for, soon, and says it in few words.</summary>
public sealed class PlantedFaultTests(ITestOutputHelper output)
{
    private const int MaxSeeds = 1000;

    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["a publish copies the original first"] = ["commit"],
        ["a source is deleted before its copy is verified"] = ["I7"],
        ["a reconciler publishes what nobody published"] = ["nobody published"],
        ["a delete forgets incoming"] = ["deleted", "not found"],
    };

    public static TheoryData<string> Names => [.. PlantedFaults.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_is_found_and_shrunk_to_a_few_steps(string name)
    {
        Product product = PlantedFaults.All[name]();
        (ulong seed, Schedule schedule, Outcome outcome) = FindFirst(product);
        Schedule shrunk = Shrinker.Shrink(schedule, outcome, product);
        Outcome again = Running.Simulation.Run(shrunk, product);

        output.WriteLine($"{seed + 1} seeds: {outcome.Violation}\n{shrunk}\n{again.Violation}");
        Expected[name].Should().Contain(outcome.Violation!.Rule);
        again.Violation!.Rule.Should().Be(outcome.Violation.Rule);
        shrunk.Operations.Should().HaveCountLessThanOrEqualTo(3);
        shrunk.Size.Should().BeLessThanOrEqualTo(6);
    }

    private static (ulong Seed, Schedule Schedule, Outcome Outcome) FindFirst(Product product)
    {
        for (ulong seed = 0; seed < MaxSeeds; seed++)
        {
            Schedule schedule = ScheduleGenerator.Make(seed);
            Outcome outcome = Running.Simulation.Run(schedule, product);
            if (outcome.Violation is not null)
            {
                return (seed, schedule, outcome);
            }
        }

        throw new InvalidOperationException($"Not found within {MaxSeeds} seeds.");
    }
}
