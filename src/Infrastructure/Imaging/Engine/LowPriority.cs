using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Does long work that nobody waits for, after all others that want the processor.</summary>
internal static partial class LowPriority
{
    private const int ThisThread = 0; // of Linux, where each thread has a priority of its own
    private const int Nice = 10;

    /// <summary>Runs it to its end on a thread of its own: without rights a priority can be lowered, but never raised again.</summary>
    public static void Run(Action work)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            if (OperatingSystem.IsLinux())
            {
                _ = SetPriority(0, ThisThread, Nice); // where it is not allowed, the work has the usual one
            }

            try
            {
                work();
            }
            catch (Exception exception) // it belongs to the caller
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
