using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>Counts why workers end.</summary>
internal static class WorkerMeasures
{
    /// <summary>After many jobs, as planned.</summary>
    public const string Worn = "worn";

    /// <summary>From outside, as the kernel does when memory is short.</summary>
    public const string Killed = "killed";

    /// <summary>By a mistake of a decoder.</summary>
    public const string Crash = "crash";

    /// <summary>It said what no worker says.</summary>
    public const string Protocol = "protocol";

    /// <summary>Its folder was removed.</summary>
    public const string Folder = "folder";

    /// <summary>A limit of its job, each by its name.</summary>
    public const string Cpu = "cpu", Time = "time", Memory = "memory";

    private static readonly Counter<long> Ends = Telemetry.Meter.CreateCounter<long>("images.workers.ended", description: "Worker processes that ended and were replaced, by reason.");

    /// <summary>Shows each reason from the start, as zero.</summary>
    public static void Begin()
    {
        foreach (string reason in new[] { Worn, Killed, Crash, Protocol, Folder, Cpu, Time, Memory })
        {
            Ends.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    public static void Ended(string reason) => Ends.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
