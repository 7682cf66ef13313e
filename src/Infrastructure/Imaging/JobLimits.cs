using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>What one job may take; a worker that exceeds it is killed.</summary>
/// <param name="Cpu">CPU time for a picture; includes encoding.</param>
/// <param name="DrawingCpu">CPU time for a drawing.</param>
/// <param name="Memory">Memory of the worker: bytes.</param>
public sealed record JobLimits(TimeSpan Cpu, TimeSpan DrawingCpu, long Memory)
{
    /// <summary>The variables that they are read from, for a process that works by the limits of another.</summary>
    internal static readonly IReadOnlyList<string> Variables = [CpuName, DrawingCpuName, MemoryName];

    internal static readonly JobLimits Default = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2.5), 1_024_000_000);

    /// <summary>
    /// Wall-clock limit of a job, for anything that waits instead of computing. It is far above the CPU limits, so that a busy machine
    /// refuses no good picture.
    /// </summary>
    internal static readonly TimeSpan Wall = TimeSpan.FromSeconds(30);

    private const string CpuName = "DECODE_CPU_SECONDS";
    private const string DrawingCpuName = "SVG_CPU_SECONDS";
    private const string MemoryName = "DECODE_MEMORY_MB";

    internal static JobLimits Read(SettingsReader variables) => new(
        variables.Seconds(CpuName, 10, "CPU time for one picture, in seconds; for an animation that much for every 20 megapixels that all frames of its thumbnails have together, up to ten times."),
        variables.Seconds(DrawingCpuName, 2.5, "CPU time for one drawing, in seconds."),
        1_000_000L * variables.Number(MemoryName, 1024, 128, 100_000, "Memory of one worker in MB; beyond it the worker is killed."));
}
