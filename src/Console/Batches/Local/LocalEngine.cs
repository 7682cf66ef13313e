using System.Runtime.CompilerServices;
using ImageBackend.Cli.Hosting;

namespace ImageBackend.Cli.Batches.Local;

/// <summary>Runs a batch in this process: many items in parallel, in constant memory, until all or enough are done, or something that all need is gone.</summary>
internal sealed class LocalEngine(BatchHost host, IReadOnlyList<TimeSpan>? pauses = null) : IBatchEngine
{
    public Task<int> RunAsync(Batch batch, BatchChoices choices) => new LocalRun(batch, choices, host, pauses).RunAsync();
}

/// <summary>One batch, run once.</summary>
internal sealed class LocalRun
{
    private readonly Batch _batch;
    private readonly BatchChoices _choices;
    private readonly IBatchScreen _screen;
    private readonly Interrupts _interrupts;
    private readonly ItemWorker _items;
    private readonly BatchTally _tally;
    private BatchReport? _report;

    public LocalRun(Batch batch, BatchChoices choices, BatchHost host, IReadOnlyList<TimeSpan>? pauses)
    {
        (_batch, _choices, _screen, _interrupts) = (batch, choices, host.Screen, host.Interrupts);
        _items = new ItemWorker(batch, host, pauses);
        _tally = new BatchTally(host.Time);
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">A report can't be read or written.</exception>
    public async Task<int> RunAsync()
    {
        IReadOnlyList<string>? chosen = _choices.Key is { } key ? [key]
            : _choices.Retry is { } retry ? await BatchReport.ReadFailedAsync(retry, _interrupts.Stop)
            : null;
        using BatchReport? report = _report = BatchReport.Begin(_choices.Report, _batch.Name);
        int code = await RunAllAsync(chosen);
        BatchFigures figures = _tally.Figures;
        string[] conclusion = [.. _batch.Conclusion(_tally.Counts)];
        _screen.WriteLine(figures.ToSummary());
        _screen.WriteLine($"Total duration: {BatchFigures.Clock(figures.Elapsed)}");
        foreach (string line in conclusion)
        {
            _screen.WriteLine(line);
        }

        if (!_interrupts.Stop.IsCancellationRequested) // items that still run might add to it
        {
            report?.Complete(figures, conclusion, code);
        }

        return code;
    }

    private async Task<int> RunAllAsync(IReadOnlyList<string>? chosen)
    {
        using CancellationTokenSource noMore = CancellationTokenSource.CreateLinkedTokenSource(_interrupts.Finish);
        using CancellationTokenRegistration word = _interrupts.Finish.Register(() => _screen.WriteError("Interrupted: finishing the images in progress. Interrupt again to stop at once."));
        Task counting = CountAsync(chosen, noMore.Token);
        try
        {
            if (await _batch.Refusal(noMore.Token) is { } refusal)
            {
                _screen.WriteError(refusal);
                return ExitCodes.SomeFailed;
            }

            Task work = Task.Run(() => WorkAsync(chosen, noMore), CancellationToken.None);
            await _screen.ShowAsync(() => _tally.Figures, work.WaitAsync(_interrupts.Stop));
        }
        catch (OperationCanceledException) when (_interrupts.Finish.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception fault) when (fault is SystemicFaultException || _batch.IsSystemic(fault))
        {
            string tried = fault is SystemicFaultException ? " It was tried again and again; the rest is left." : "";
            _screen.WriteError($"{fault.Message}{tried} Run the same command once it works: what is done is skipped.");
            return ExitCodes.Broken;
        }
        finally
        {
            await noMore.CancelAsync();
            await counting;
        }

        return _interrupts.Finish.IsCancellationRequested ? ExitCodes.Interrupted
            : _tally.Figures.Failed > 0 ? ExitCodes.SomeFailed
            : ExitCodes.Done;
    }

    // In parallel with the work, so that the work begins at once.
    private async Task CountAsync(IReadOnlyList<string>? chosen, CancellationToken cancellationToken)
    {
        try
        {
            long total = 0;
            await foreach (string _ in KeysAsync(chosen, cancellationToken))
            {
                total++;
            }

            _tally.SetTotal(total);
        }
        catch (Exception fault) when (fault is OperationCanceledException || _batch.IsSystemic(fault))
        {
            // The total stays unknown; the work meets the same fault and reports it.
        }
    }

    private async Task WorkAsync(IReadOnlyList<string>? chosen, CancellationTokenSource noMore)
    {
        using SemaphoreSlim? permits = _choices.Limit is { } limit ? new SemaphoreSlim(limit) : null;
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(noMore.Token);
        int notSkipped = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = _choices.Jobs, CancellationToken = noMore.Token };
        await Parallel.ForEachAsync(PermittedAsync(KeysAsync(chosen, noMore.Token), permits, enough.Token), options, async (key, goOn) =>
        {
            ItemResult result = await SettleAsync(key, goOn);
            if (permits is null)
            {
                return;
            }

            if (result.Outcome == ItemOutcome.Skipped)
            {
                permits.Release();
            }
            else if (Interlocked.Increment(ref notSkipped) == _choices.Limit)
            {
                await enough.CancelAsync();
            }
        });
    }

    private async IAsyncEnumerable<string> KeysAsync(IReadOnlyList<string>? chosen, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (chosen is not null)
        {
            foreach (string key in chosen)
            {
                yield return key;
            }

            yield break;
        }

        await foreach (string key in _batch.Keys(cancellationToken))
        {
            if (_choices.Shard.Has(key))
            {
                yield return key;
            }
        }
    }

    // Only as many are at work as may still count: a skipped item gives its place back.
    private static async IAsyncEnumerable<string> PermittedAsync(
        IAsyncEnumerable<string> keys, SemaphoreSlim? permits, [EnumeratorCancellation] CancellationToken enough)
    {
        await foreach (string key in keys)
        {
            if (permits is not null && !await TryEnterAsync(permits, enough))
            {
                yield break;
            }

            yield return key;
        }
    }

    private static async Task<bool> TryEnterAsync(SemaphoreSlim permits, CancellationToken enough)
    {
        try
        {
            await permits.WaitAsync(enough);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<ItemResult> SettleAsync(string key, CancellationToken goOn)
    {
        try
        {
            return Note(key, await _items.SettleAsync(key, goOn));
        }
        catch (SystemicFaultException fault)
        {
            Note(key, ItemResult.Failed(fault.Message));
            throw;
        }
    }

    private ItemResult Note(string key, ItemResult result)
    {
        _tally.Add(result);
        _report?.Add(key, result);
        if (result.Outcome == ItemOutcome.Failed)
        {
            _screen.WriteError($"Failed: {key}: {string.Join("; ", result.Reasons)}");
        }
        else if (_choices.IsVerbose || (_choices.DryRun && result.Outcome == ItemOutcome.Processed))
        {
            _screen.WriteLine($"{result.Outcome}: {key}{(result.Reasons.Count == 0 ? "" : $": {string.Join("; ", result.Reasons)}")}");
        }

        _screen.Advance(_tally.Figures);
        return result;
    }
}
