using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Running;

/// <summary>Makes a failing schedule as short as it can while it still breaks the same rule: fewer operations, faults and switches.</summary>
internal sealed class Shrinker
{
    // Without an operation the others meet differently, so that a few orders are tried for each that is left out.
    private const int Orders = 40;

    private static readonly int[] Stickiness = [95, 80, 50, 0];

    private readonly string _rule;
    private readonly Product _product;
    private Schedule _best;

    private Shrinker(Schedule schedule, string rule, Product product) => (_best, _rule, _product) = (schedule, rule, product);

    /// <param name="failed">What came of the schedule.</param>
    /// <returns>A schedule with explicit choices that breaks the same rule.</returns>
    public static Schedule Shrink(Schedule schedule, Outcome failed, Product product)
    {
        Shrinker shrinker = new(schedule with { Choices = failed.Choices }, failed.Violation!.Rule, product);
        while (shrinker.DropOperations() | shrinker.DropFaults() | shrinker.Simplify())
        {
            // Each may make room for the others.
        }

        shrinker.StraightenChoices();
        return shrinker._best;
    }

    private bool DropOperations() => DropEach(
        schedule => schedule.Operations.Count,
        (schedule, i) => schedule with { Operations = [.. schedule.Operations.Where((_, at) => at != i)] });

    private bool DropFaults() => DropEach(
        schedule => schedule.Faults.Count,
        (schedule, i) => schedule with { Faults = [.. schedule.Faults.Where((_, at) => at != i)] });

    private bool DropEach(Func<Schedule, int> count, Func<Schedule, int, Schedule> without)
    {
        bool isShorter = false;
        for (int i = count(_best) - 1; i >= 0; i--)
        {
            isShorter |= Try(without(_best, i), Orders);
        }

        return isShorter;
    }

    // Settings and machines, of which the first of each is the simplest.
    private bool Simplify()
    {
        bool isSimpler = false;
        for (int fewer = 0; fewer < _best.ModernFormats; fewer++)
        {
            isSimpler |= Try(_best with { ModernFormats = fewer }, Orders);
        }

        if (_best.Skews.Any(skew => skew != 0))
        {
            isSimpler |= Try(_best with { Skews = [0, 0, 0] }, Orders);
        }

        for (int i = 0; i < _best.Operations.Count; i++)
        {
            Operation operation = _best.Operations[i];
            if (operation is { IsBatch: false, IsOfClock: false, Machine: not 0 })
            {
                isSimpler |= Try(_best with { Operations = [.. _best.Operations.Select((one, at) => at == i ? one with { Machine = 0 } : one)] }, Orders);
            }
        }

        return isSimpler;
    }

    // Delta debugging: ever smaller blocks become runs without a switch.
    private void StraightenChoices()
    {
        for (int length = _best.Choices!.Count; length > 0; length /= 2)
        {
            for (int from = 0; from < _best.Choices!.Count; from += length)
            {
                int end = from + length;
                if (_best.Choices.Skip(from).Take(length).Any(choice => choice != 0))
                {
                    Try(_best with { Choices = [.. _best.Choices.Select((choice, at) => at >= from && at < end ? 0 : choice)] }, orders: 0);
                }
            }
        }

        int used = _best.Choices!.Count;
        while (used > 0 && _best.Choices[used - 1] == 0)
        {
            used--;
        }

        _best = _best with { Choices = [.. _best.Choices.Take(used)] };
    }

    private bool Try(Schedule shorter, int orders)
    {
        for (int order = 0; order <= orders; order++)
        {
            Schedule tried = order == 0 ? shorter : shorter with { Choices = null, ChoiceSeed = (ulong)order, Stickiness = Stickiness[order % Stickiness.Length] };
            Outcome outcome = Simulation.Run(tried, _product);
            if (outcome.Violation?.Rule == _rule)
            {
                _best = tried with { Choices = order == 0 ? tried.Choices : outcome.Choices };
                return true;
            }
        }

        return false;
    }
}
