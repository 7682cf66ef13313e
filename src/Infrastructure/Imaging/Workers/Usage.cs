using System.Diagnostics;
using System.Globalization;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>What a process has used so far.</summary>
/// <param name="Cpu">CPU time of all its threads, and of programs that it ran, once they have ended.</param>
/// <param name="Memory">Resident memory: bytes.</param>
internal readonly record struct Usage(TimeSpan Cpu, long Memory)
{
    // proc(5): fields of /proc/PID/stat, counted from the first one after the name.
    private const int UserTime = 11;
    private const int SystemTime = 12;
    private const int UserTimeOfEnded = 13; // of programs that it ran, and that have ended
    private const int SystemTimeOfEnded = 14;
    private const int ResidentPages = 21;
    private const int TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) on every Linux that .NET runs on

    /// <returns>All zero if it has ended.</returns>
    public static Usage Of(Process process)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                return OfStat(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/stat")));
            }

            process.Refresh();
            return new Usage(process.TotalProcessorTime, process.WorkingSet64);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return default;
        }
    }

    // One small file. .NET's own figures would also read one file for each thread, twenty times a second.
    private static Usage OfStat(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = Number(fields[UserTime]) + Number(fields[SystemTime]) + Number(fields[UserTimeOfEnded]) + Number(fields[SystemTimeOfEnded]);
        return new Usage(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), Number(fields[ResidentPages]) * Environment.SystemPageSize);
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
