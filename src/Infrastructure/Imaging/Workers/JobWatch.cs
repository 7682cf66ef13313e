using System.Diagnostics;
using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Admission;

namespace ImageBackend.Infrastructure.Imaging.Workers;

/// <summary>Measures what a worker takes for one job.</summary>
/// <param name="cpu">CPU time for the job.</param>
/// <param name="memory">Memory of the worker: bytes.</param>
internal sealed class JobWatch(Process worker, TimeSpan cpu, long memory)
{
    private readonly TimeSpan _before = Usage.Of(worker).Cpu;
    private readonly Stopwatch _wall = Stopwatch.StartNew();
    private int _times = 1;

    /// <summary>Time spent waiting for memory does not count.</summary>
    public void Pause() => _wall.Stop();

    /// <param name="times">Factor for the time limits: as a worker requests, within bounds.</param>
    public void GoOn(int times)
    {
        _times = Math.Clamp(times, 1, Need.MaxTimes);
        _wall.Start();
    }

    /// <returns>The limit that is exceeded, otherwise null.</returns>
    public Excess? Passed()
    {
        Usage now = Usage.Of(worker);
        TimeSpan computing = cpu * _times;
        if (now.Cpu - _before > computing)
        {
            return TooComplex(WorkerMeasures.Cpu, $"The picture takes more than {Text(computing)} seconds of computing, which is the limit.", (long)Math.Ceiling(computing.TotalSeconds));
        }

        TimeSpan waiting = JobLimits.Wall * _times;
        if (_wall.Elapsed > waiting)
        {
            return TooComplex(WorkerMeasures.Time, $"The picture takes more than {Text(waiting)} seconds, which is the limit.", (long)waiting.TotalSeconds);
        }

        return now.Memory > memory
            ? TooComplex(WorkerMeasures.Memory, $"The picture needs more than {memory / 1_000_000} MB of memory, which is the limit.", memory)
            : null;
    }

    private static Excess TooComplex(string limitName, string detail, long limit) => new(limitName, new InvalidImageException(InvalidImageException.TooComplex, detail, limit));

    private static string Text(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Limit">Which limit, as in <see cref="WorkerMeasures"/>.</param>
/// <param name="Refusal">The answer to the client.</param>
internal sealed record Excess(string Limit, InvalidImageException Refusal);
