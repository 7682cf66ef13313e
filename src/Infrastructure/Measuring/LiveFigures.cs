using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;

namespace ImageBackend.Infrastructure.Measuring;

/// <summary>What this process has done since its start and does now, from the metrics: for an operator who looks without a metrics server.</summary>
public sealed class LiveFigures : IDisposable
{
    private readonly DecodeQueue _queue;
    private readonly MemoryBudget _memory;
    private readonly IJobRunner _runner;
    private readonly ModernBacklog _backlog;
    private readonly int _maxWorkers;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private Counts _counts = new(0, 0, 0, 0, 0);

    /// <param name="maxWorkers">How many workers there are when all run.</param>
    internal LiveFigures(DecodeQueue queue, MemoryBudget memory, IJobRunner runner, ModernBacklog backlog, int maxWorkers, TimeProvider time)
    {
        (_queue, _memory, _runner, _backlog, _maxWorkers, _time) = (queue, memory, runner, backlog, maxWorkers, time);
        _began = time.GetTimestamp();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Telemetry.Name && instrument.Name is Measures.UploadsName or Measures.PublishedName or Imaging.DecodeMeasures.TimeName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => CountDecode(seconds));
        _listener.Start();
    }

    public Figures Read()
    {
        lock (_gate)
        {
            return new Figures(
                _time.GetElapsedTime(_began), _counts, _queue.Waiting, _queue.Running, _backlog.Count, _runner.Workers, _maxWorkers, _memory.All, _memory.Taken);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Count(string name, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        bool isUpload = name == Measures.UploadsName;
        bool isGood = !isUpload || IsOk(tags);
        lock (_gate)
        {
            _counts = isUpload
                ? _counts with { Uploads = _counts.Uploads + value, FailedUploads = _counts.FailedUploads + (isGood ? 0 : value) }
                : _counts with { Publishes = _counts.Publishes + value };
        }
    }

    private void CountDecode(double seconds)
    {
        lock (_gate)
        {
            _counts = _counts with { Decodes = _counts.Decodes + 1, DecodeSeconds = _counts.DecodeSeconds + seconds };
        }
    }

    private static bool IsOk(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((string key, object? value) in tags)
        {
            if (key == "outcome")
            {
                return value is Outcome.Ok;
            }
        }

        return false;
    }
}

/// <summary>Numbers since the start.</summary>
/// <param name="Uploads">All, also those that were refused.</param>
/// <param name="FailedUploads">Those that were refused or failed.</param>
/// <param name="Decodes">Jobs of the decoders, of every kind.</param>
public sealed record Counts(long Uploads, long FailedUploads, long Publishes, long Decodes, double DecodeSeconds);

/// <param name="Waiting">Decoding jobs that wait, and <paramref name="Running"/> that run.</param>
/// <param name="WaitingModern">Images that wait for their WebP and AVIF.</param>
/// <param name="MemoryBytes">What all decodes together may take.</param>
/// <param name="TakenBytes">What running decodes may take.</param>
public sealed record Figures(
    TimeSpan Uptime, Counts Since, int Waiting, int Running, int WaitingModern, int Workers, int MaxWorkers, long MemoryBytes, long TakenBytes);
