using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>Shows a run of several machines until it ends, or until the first Ctrl-C: then it continues without being watched.</summary>
internal sealed class RunWatch(FleetParts parts, BatchHost host)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // The pace of the last minutes says more about the rest than that of a run that had other machines yesterday.
    private static readonly TimeSpan PaceWindow = TimeSpan.FromMinutes(5);

    private readonly DatabasePatience _patience = new(host.Screen, host.Time);
    private readonly Queue<BatchFigures> _samples = new();
    private BatchFigures _figures = new(Total: null, 0, 0, 0, 0, TimeSpan.Zero);
    private string? _machines;

    /// <param name="conclusion">Makes the lines that follow the summary.</param>
    /// <param name="report">A file to write; null: none.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> ShowAsync(FleetRun run, Func<IReadOnlyDictionary<string, long>, IEnumerable<string>> conclusion, string? report)
    {
        using BatchReport? written = BatchReport.Begin(report, run.Order.Kind);
        RunProgress last;
        try
        {
            Task<RunProgress> end = WaitForEndAsync(run.Id, host.Interrupts.Finish);
            await host.Screen.ShowAsync(() => _figures, end);
            last = await end;
        }
        catch (OperationCanceledException)
        {
            host.Screen.WriteError($"Run {run.Id} continues on the workers: `images batch watch {run.Id}` shows it, `images batch cancel {run.Id}` ends it.");
            return ExitCodes.Interrupted;
        }

        string[] lines = [.. conclusion(last.Counts)];
        host.Screen.WriteLine(_figures.ToSummary());
        host.Screen.WriteLine($"Total duration: {BatchFigures.Clock(_figures.Elapsed)}");
        Array.ForEach(lines, host.Screen.WriteLine);
        int code = last.State == RunState.Cancelled ? ExitCodes.Interrupted : last.Failed > 0 ? ExitCodes.SomeFailed : ExitCodes.Done;
        IReadOnlyList<RunFailure> failures = await _patience.WaitForAsync(() => parts.Runs.FailuresAsync(run.Id, host.Interrupts.Stop), host.Interrupts.Stop);
        foreach (RunFailure failure in failures)
        {
            host.Screen.WriteError($"Failed: {failure.Key}: {failure.Reason}");
            written?.Add(failure.Key, ItemResult.Failed(failure.Reason));
        }

        written?.Complete(_figures, lines, code);
        if (last.State == RunState.Cancelled)
        {
            host.Screen.WriteError($"Run {run.Id} was cancelled; `images batch resume {run.Id}` continues it.");
        }

        return code;
    }

    public static BatchFigures FiguresOf(RunProgress progress) =>
        new(progress.Total, progress.Skipped, progress.Processed, progress.Failed, progress.Bytes, progress.Elapsed);

    /// <returns>The workers of a run, in words.</returns>
    public static string MachinesOf(RunProgress progress)
    {
        string trouble = string.Concat(progress.Workers.Where(worker => worker.Trouble is not null).Select(worker => $"; {worker.Name} has trouble: {worker.Trouble}"));
        return progress.Workers.Count == 0
            ? "No worker is there for it: start `images worker` with the same settings, on this machine or on others."
            : $"Workers: {progress.Workers.Count} ({string.Join(", ", progress.Workers.Select(worker => worker.Name))}){trouble}";
    }

    private async Task<RunProgress> WaitForEndAsync(long run, CancellationToken cancellationToken)
    {
        while (true)
        {
            RunProgress progress = await _patience.WaitForAsync(() => parts.Runs.ProgressAsync(run, parts.Settings.LostAfter, cancellationToken), cancellationToken);
            Take(progress);
            if (progress.State != RunState.Running)
            {
                return progress;
            }

            await Task.Delay(Interval, host.Time, cancellationToken);
        }
    }

    private void Take(RunProgress progress)
    {
        BatchFigures now = FiguresOf(progress);
        _samples.Enqueue(now);
        while (_samples.Count > 2 && now.Elapsed - _samples.Peek().Elapsed > PaceWindow)
        {
            _samples.Dequeue();
        }

        BatchFigures first = _samples.Peek();
        double seconds = (now.Elapsed - first.Elapsed).TotalSeconds;
        _figures = now with { RecentRate = seconds > 0 && now.Done > first.Done ? (now.Done - first.Done) / seconds : null };
        if (MachinesOf(progress) is var machines && machines != _machines && progress.State == RunState.Running)
        {
            _machines = machines;
            host.Screen.WriteError(machines);
        }

        host.Screen.Advance(_figures);
    }
}
