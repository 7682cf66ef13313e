using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Running;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests;

/// <summary>A seed tells all of what happens, so whatever is found can be looked at again.</summary>
public sealed class DeterminismTests
{
    private const int Seeds = 500;

    [Fact]
    public void The_same_seed_has_the_same_trace_also_beside_others_on_another_thread()
    {
        string[] first = [.. Enumerable.Range(0, Seeds).Select(seed => TraceOf(ScheduleGenerator.Make((ulong)seed)))];
        string[] second = new string[Seeds];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(half => new Thread(() =>
        {
            for (int seed = Seeds - 1 - half; seed >= 0; seed -= 2)
            {
                second[seed] = TraceOf(ScheduleGenerator.Make((ulong)seed));
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        second.Should().Equal(first);
        first.Distinct().Should().HaveCountGreaterThan(Seeds / 2);
    }

    [Fact]
    public void The_choices_that_were_made_repeat_a_schedule()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            Schedule schedule = ScheduleGenerator.Make(seed);
            Outcome outcome = Running.Simulation.Run(schedule, Product.Real, isTraced: true);

            TraceOf(schedule with { Choices = outcome.Choices }).Should().Be(outcome.Trace);
        }
    }

    private static string TraceOf(Schedule schedule) => Running.Simulation.Run(schedule, Product.Real, isTraced: true).Trace;
}
