using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Engine;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Processes;

/// <param name="Port">The storage's name, as faults give it.</param>
/// <param name="Verb">What is done.</param>
/// <param name="Key">To what, if to one object.</param>
internal readonly record struct CallName(string Port, string Verb, ImageKey? Key)
{
    public override string ToString() => $"{Port} {Verb} {Key}";
}

/// <summary>One call of a port, from its begin until its answer.</summary>
internal sealed class Call<T>(SimulatedProcess process, CallName name, Func<T> effect) : TaskCompletionSource<T>, IStep
{
    // Longer than a request waits for its turn.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(45);

    private bool _isLate;

    public bool IsAlive => process.IsAlive;

    public void Run()
    {
        FaultKind fault = _isLate ? FaultKind.None : process.Machine.NextFault();
        process.World.Trace.Add($"{process.Machine.Name} {process.Machine.Calls}: {name}{(fault == FaultKind.None ? "" : $" ({fault})")}");
        if (fault is not (FaultKind.None or FaultKind.HappensLate or FaultKind.AnswersLate))
        {
            process.World.Ledger.OnFault(process);
        }

        switch (fault)
        {
            case FaultKind.Fails:
                Complete(() => SetException(Failure()));
                break;
            case FaultKind.FailsAfterwards:
                Do(_ =>
                {
                    process.World.Ledger.OnFault(process);
                    SetException(Failure());
                });
                break;
            case FaultKind.HappensLate:
                _isLate = true;
                Later(() => process.World.Scheduler.Add(this));
                break;
            case FaultKind.AnswersLate:
                Do(answer => Later(() => process.RunInside(() => SetResult(answer))));
                break;
            case FaultKind.KilledBefore:
                process.Kill();
                break;
            case FaultKind.KilledAfter:
                Do(_ =>
                {
                    process.World.Ledger.OnFault(process);
                    process.Kill();
                });
                break;
            case FaultKind.ClientsLeave:
                process.RunInside(process.CancelRequests);
                Do(SetResult);
                break;
            default:
                Do(SetResult);
                break;
        }
    }

    public override string ToString() => name.ToString();

    private StorageException Failure() => new(name.Port, "a fault.");

    private void Do(Action<T> then)
    {
        T answer;
        try
        {
            answer = effect();
        }
        catch (Exception exception) // whatever the port answers instead, its caller gets
        {
            Complete(() => SetException(exception));
            return;
        }

        Complete(() => then(answer));
    }

    // The caller goes on within this step, as far as its next call.
    private void Complete(Action answer) => process.RunInside(answer);

    private void Later(Action action)
    {
        process.World.LateCalls++;
        process.World.Clock.Add(Delay, Timeout.InfiniteTimeSpan, () =>
        {
            process.World.LateCalls--;
            if (process.IsAlive)
            {
                action();
            }
        });
    }
}
