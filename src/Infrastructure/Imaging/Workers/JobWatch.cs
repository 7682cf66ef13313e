using System.Diagnostics;
using System.Globalization;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>Measures what a worker takes for one job.</summary>
/// <param name="cpu">CPU time for the job.</param>
/// <param name="memory">Bytes of the worker.</param>
internal sealed class JobWatch(Process worker, TimeSpan cpu, long memory)
{
    private readonly TimeSpan _before = Usage.Of(worker).Cpu;
    private readonly Stopwatch _wall = Stopwatch.StartNew();

    /// <summary>The wait for memory counts for nobody.</summary>
    public void Pause() => _wall.Stop();

    public void GoOn() => _wall.Start();

    /// <returns>The answer to the client when a limit is passed, else null.</returns>
    public InvalidImageException? Passed()
    {
        Usage now = Usage.Of(worker);
        if (now.Cpu - _before > cpu)
        {
            return TooComplex($"The picture takes more than {Text(cpu)} seconds of computing, which is the limit.", (long)Math.Ceiling(cpu.TotalSeconds));
        }

        if (_wall.Elapsed > JobLimits.Wall)
        {
            return TooComplex($"The picture takes more than {Text(JobLimits.Wall)} seconds, which is the limit.", (long)JobLimits.Wall.TotalSeconds);
        }

        return now.Memory > memory
            ? TooComplex($"The picture needs more than {memory / 1_000_000} MB of memory, which is the limit.", memory)
            : null;
    }

    private static InvalidImageException TooComplex(string detail, long limit) => new(InvalidImageException.TooComplex, detail, limit);

    private static string Text(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}
