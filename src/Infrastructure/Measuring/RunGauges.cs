using System.Diagnostics.Metrics;
using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Infrastructure.Measuring;

/// <summary>What is measured of the batches that several machines share. Whoever looks waits for no database: what was read last is told, if it is not old.</summary>
public sealed class RunGauges : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(5);

    // A collector asks once a minute, and is told what was read when it asked before.
    private static readonly TimeSpan OldAfter = TimeSpan.FromMinutes(3);

    private readonly Meter _meter = new(Telemetry.Name);
    private readonly FleetDatabase? _database;
    private readonly TimeSpan _aliveWithin;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private Task _reading = Task.CompletedTask;
    private volatile Seen? _seen;

    /// <param name="settings">Without a database nothing is measured.</param>
    public RunGauges(FleetSettings settings, TimeProvider time)
    {
        (_aliveWithin, _time) = (settings.LostAfter, time);
        if (settings.Database is not { } url)
        {
            return;
        }

        _database = new FleetDatabase(url, Patience);
        _meter.CreateObservableGauge("images.run.database.up", () => Look(seen => [new(seen.Runs is null ? 0 : 1)]), description: "Whether the database of batches could be read.");
        Observe("images.run.items", "Images of a run that are done.", run =>
            [Of(run, run.Processed, "outcome", "processed"), Of(run, run.Skipped, "outcome", "skipped"), Of(run, run.Failed, "outcome", "failed")]);
        Observe("images.run.size", "Images of a run, once they are counted.", run => run.Total is { } total ? [Of(run, total)] : []);
        Observe("images.run.chunks", "Chunks of a run so far.", run =>
            [Of(run, run.WaitingChunks, "state", "waiting"), Of(run, run.ChunksAtWork, "state", "working"), Of(run, run.DoneChunks, "state", "done")]);
        Observe("images.run.workers", "Workers of a run under way that were heard of lately.", run => run.IsUnderWay
            ? [Of(run, run.Workers - run.WorkersInTrouble, "state", "working"), Of(run, run.WorkersInTrouble, "state", "trouble")]
            : []);
        Observe("images.run.silence", "The longest time for which a worker was not heard of, of those that have a chunk of a run under way.", run =>
            run is { IsUnderWay: true, SilentSeconds: { } seconds } ? [Of(run, seconds)] : [], "s");
    }

    /// <summary>Reads the figures anew, unless they are some seconds old at most. Faults are told by a gauge.</summary>
    public Task RefreshAsync()
    {
        lock (_gate)
        {
            if (_database is not null && !_ended.IsCancellationRequested && _reading.IsCompleted && !(_seen is { } seen && _time.GetElapsedTime(seen.At) < ReadAgainAfter))
            {
                _reading = Task.Run(() => ReadAsync(_database, _ended.Token));
            }

            return _reading;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        await _ended.CancelAsync();
        await _reading;
        _ended.Dispose();
        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>For hosts that end synchronously.</summary>
    public void Dispose()
    {
        _meter.Dispose();
        _ended.Cancel();
        _database?.Dispose();
    }

    private async Task ReadAsync(FleetDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            _seen = new Seen(await RunFigures.ReadAsync(database, _aliveWithin, cancellationToken), _time.GetTimestamp());
        }
        catch (FleetException fault)
        {
            // Services share other work by a database that nobody made tables in.
            _seen = new Seen(fault.LacksTables ? [] : null, _time.GetTimestamp());
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
    }

    private void Observe(string name, string description, Func<RunFigures, IReadOnlyList<Measurement<double>>> measure, string? unit = null) =>
        _meter.CreateObservableGauge(name, () => Look(seen => (seen.Runs ?? []).SelectMany(measure)), unit, description);

    private IEnumerable<Measurement<double>> Look(Func<Seen, IEnumerable<Measurement<double>>> tell)
    {
        _ = RefreshAsync(); // for whoever looks next
        return _seen is { } seen && _time.GetElapsedTime(seen.At) < OldAfter ? tell(seen) : [];
    }

    private static Measurement<double> Of(RunFigures run, double value, string label = "", string state = "")
    {
        KeyValuePair<string, object?>[] labels = [new("run", run.Id), new("kind", run.Kind)];
        return new Measurement<double>(value, label.Length == 0 ? labels : [.. labels, new(label, state)]);
    }

    /// <param name="Runs">Null: the database could not be read.</param>
    private sealed record Seen(IReadOnlyList<RunFigures>? Runs, long At);
}
