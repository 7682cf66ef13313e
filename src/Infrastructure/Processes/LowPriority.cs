using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ImageBackend.Infrastructure.Processes;

/// <summary>
/// Runs work at a lower priority than everything else that wants the processor. On systems other than Linux, at the usual priority.
/// </summary>
public static partial class LowPriority
{
    private const int Niceness = 10; // 0 is the usual one, 19 the lowest
    private const int Process = 0; // PRIO_PROCESS; in Linux each thread has its own niceness and counts as a process here
    private const int ThisThread = 0;

    /// <summary>Lowers the priority of this process and of everything that it starts from now on.</summary>
    public static void LowerPriority()
    {
        // Threads and processes inherit it from the thread that starts them.
        foreach (string thread in Directory.Exists("/proc/self/task") ? Directory.GetDirectories("/proc/self/task") : [])
        {
            int id = int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
            if (GetPriority(Process, id) < Niceness)
            {
                _ = SetPriority(Process, id, Niceness); // a thread that has just ended needs none
            }
        }
    }

    /// <summary>Runs the work to its end on its own thread: without privileges a priority can be lowered, but never raised again.</summary>
    internal static void Run(Action work)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            if (OperatingSystem.IsLinux())
            {
                _ = SetPriority(Process, ThisThread, Niceness); // if this is not allowed, the work has the usual priority
            }

            try
            {
                work();
            }
            catch (Exception exception) // for the caller
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
