using System.Runtime.InteropServices;

namespace ImageBackend.Cli.Batches;

/// <summary>Ctrl-C, or a signal to end: the first lets running items finish, a second one stops at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Cancelled when nothing new may begin.</summary>
    public CancellationToken Finish => _finish.Token;

    /// <summary>Cancelled when nothing is waited for any more.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <returns>Those of this process; the caller disposes it, after which signals have their usual effect.</returns>
    public static Interrupts OfProcess()
    {
        Interrupts interrupts = new();
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            interrupts._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                interrupts.Press();
            }));
        }

        return interrupts;
    }

    public void Press()
    {
        if (_finish.IsCancellationRequested)
        {
            _stop.Cancel();
        }
        else
        {
            _finish.Cancel();
        }
    }

    /// <summary>Like the first Ctrl-C; does nothing after that.</summary>
    public void PressOnce() => _finish.Cancel();

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _finish.Dispose();
        _stop.Dispose();
    }
}
