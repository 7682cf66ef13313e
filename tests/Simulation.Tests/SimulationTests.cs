using System.Diagnostics;
using System.Globalization;
using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Running;
using ImageBackend.Simulation.Tests.Schedules;
using Xunit.Abstractions;

namespace ImageBackend.Simulation.Tests;

/// <summary>
/// Many short schedules of several clients and processes, with faults, by seed. <c>SIMULATIONS</c> says how many, <c>SIMULATION_START</c>
/// the first seed; <c>SIMULATION_SEED</c> is the only one, and its trace is printed.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const ulong Usual = 100_000;
    private const ulong Parts = 4;

    // Each is shrunk, which takes some seconds.
    private const int MaxFound = 3;

    // In parts, so that none takes longer than a test may.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_schedule_breaks_a_rule(int part)
    {
        if (Number("SIMULATION_SEED") is { } only)
        {
            Repeat(only);
            return;
        }

        ulong count = (Number("SIMULATIONS") ?? Usual) / Parts;
        ulong start = (Number("SIMULATION_START") ?? 0) + ((ulong)part * count);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Stopwatch watch = Stopwatch.StartNew();
        (ulong[] failing, long steps) = Explore(start, count);
        TimeSpan each = (Environment.CpuUsage.TotalTime - before) / count;
        output.WriteLine($"{count} schedules of {steps / (double)count:0} steps from seed {start} on in {watch.Elapsed.TotalSeconds:0} s: "
            + $"{count / watch.Elapsed.TotalSeconds:0} a second on {Environment.ProcessorCount} cores, {each.TotalMilliseconds:0.00} ms of CPU each");
        foreach (ulong seed in failing.Take(MaxFound))
        {
            Tell(seed);
        }

        failing.Should().BeEmpty("each seed keeps the rules; SIMULATION_SEED={0} prints the trace of one", failing.FirstOrDefault());
    }

    private void Repeat(ulong seed)
    {
        Schedule schedule = ScheduleGenerator.Make(seed);
        Outcome outcome = Running.Simulation.Run(schedule, Product.Real, isTraced: true);
        output.WriteLine($"{schedule}\n{outcome.Trace}");
        outcome.Violation.Should().BeNull();
    }

    /// <returns>The seeds that break a rule, and the steps of all.</returns>
    private static (ulong[] Failing, long Steps) Explore(ulong start, ulong count)
    {
        long next = -1;
        long steps = 0;
        List<ulong> failing = [];
        // Threads of their own: each schedule is carried out by one from its begin to its end.
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            long own = 0;
            for (ulong i = (ulong)Interlocked.Increment(ref next); i < count; i = (ulong)Interlocked.Increment(ref next))
            {
                Outcome outcome = Running.Simulation.Run(ScheduleGenerator.Make(start + i), Product.Real);
                own += outcome.Steps;
                if (outcome.Violation is not null)
                {
                    lock (failing)
                    {
                        failing.Add(start + i);
                    }
                }
            }

            Interlocked.Add(ref steps, own);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return ([.. failing.Order()], steps);
    }

    private void Tell(ulong seed)
    {
        Schedule schedule = ScheduleGenerator.Make(seed);
        Outcome outcome = Running.Simulation.Run(schedule, Product.Real);
        output.WriteLine($"\nSeed {seed} breaks {outcome.Violation}");
        Schedule shrunk = Shrinker.Shrink(schedule, outcome, Product.Real);
        Outcome shortest = Running.Simulation.Run(shrunk, Product.Real, isTraced: true);
        output.WriteLine($"Shrunk to size {shrunk.Size}, it breaks {shortest.Violation}\n{shrunk}\n{shortest.Trace}");
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
