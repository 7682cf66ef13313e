using System.Globalization;
using System.Runtime.InteropServices;

namespace ImageBackend.Cli.Hosting;

/// <summary>How this program stands back behind others that want the processor.</summary>
internal static partial class Niceness
{
    private const int OfBatches = 10;
    private const int OneProcess = 0;

    /// <summary>Lowers this process and all that it starts, so that live traffic beside a batch does not feel it.</summary>
    public static void StandBack()
    {
        // In Linux each thread has a niceness of its own, which those that it starts inherit.
        foreach (string thread in Directory.Exists("/proc/self/task") ? Directory.GetDirectories("/proc/self/task") : [])
        {
            int id = int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
            if (GetPriority(OneProcess, id) < OfBatches)
            {
                _ = SetPriority(OneProcess, id, OfBatches); // a thread that has just ended needs none
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
