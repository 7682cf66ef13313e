using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>Does one chunk after another, many images of each in parallel, and keeps the ledger up to date.</summary>
/// <param name="name">Of this process, in the ledger.</param>
/// <param name="jobs">Images at a time.</param>
/// <param name="batchOf">Reads what a run does.</param>
internal sealed class ChunkWorker(FleetParts parts, BatchHost host, string name, int jobs, Func<FleetRun, Batch> batchOf)
{
    private const int MaxDeaths = 3;

    // A machine that fails at everything is fast, and would leave little to those that work.
    private const int MaxFailuresInARow = 1000;

    // What doesn't work on this machine may work on others; they shall have the work meanwhile.
    private static readonly TimeSpan TroublePause = TimeSpan.FromSeconds(30);

    // When this process is to end, a database that is away is not waited for any longer.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private readonly DatabasePatience _patience = new(host.Screen, host.Time);
    private (long Run, ItemWorker Items)? _items;
    private int _failuresInARow;

    /// <summary>What keeps this worker from working; null: nothing.</summary>
    public string? Trouble { get; private set; }

    /// <summary>What ended the work; null: nothing.</summary>
    public FleetException? Fault { get; private set; }

    /// <summary>Does a chunk that the queue has handed out, and then those of its run that other workers have lost.</summary>
    /// <remarks>The queue itself hands these out again only when nothing else waits, and a run has chunks that wait until it is nearly over.</remarks>
    /// <param name="taken">Cancelled when somebody has taken the chunk away.</param>
    public async Task DoAsync(ChunkRef chunk, CancellationToken taken)
    {
        try
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(taken, host.Interrupts.Finish);
            await DoOneAsync(chunk, stop.Token);
            Queue<ChunkRef> lost = new(await _patience.WaitForAsync(() => parts.Chunks.ListLostAsync(chunk.Run, stop.Token), stop.Token));
            // What doesn't work here is left to others, who look for it too.
            while (Trouble is null && lost.TryDequeue(out ChunkRef? next))
            {
                await DoOneAsync(next, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // It ends, or somebody else has the chunk.
        }
        catch (FleetException fault)
        {
            Fault = fault;
            host.Interrupts.PressOnce();
        }
    }

    private async Task DoOneAsync(ChunkRef chunk, CancellationToken stop)
    {
        BegunChunk? begun = await _patience.WaitForAsync(() => parts.Chunks.BeginAsync(chunk, name, stop), stop);
        if (begun is null)
        {
            return;
        }

        if (begun.Deaths >= MaxDeaths)
        {
            await _patience.WaitForAsync(() => BuryAsync(begun, stop), stop);
            return;
        }

        using CancellationTokenSource noMore = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await WorkAsync(begun, noMore);
        if (Trouble is not null)
        {
            await Task.Delay(TroublePause, host.Time, stop);
        }
    }

    private async Task WorkAsync(BegunChunk begun, CancellationTokenSource noMore)
    {
        ItemWorker items = ItemsOf(begun.Run);
        ChunkTally tally = new(begun.Keys);
        using CancellationTokenSource ended = new();
        Task reporting = ReportAsync(begun, tally, noMore, ended.Token);
        try
        {
            ParallelOptions options = new() { MaxDegreeOfParallelism = jobs, CancellationToken = noMore.Token };
            await Parallel.ForEachAsync(begun.Keys, options, async (key, goOn) =>
            {
                ItemResult result = await items.SettleAsync(key, goOn);
                if (!result.IsCutShort)
                {
                    Note(key, result);
                    tally.Add(key, result);
                }

                CountFailure(result);
                if (Volatile.Read(ref _failuresInARow) >= MaxFailuresInARow)
                {
                    await noMore.CancelAsync();
                }
            });
            Trouble = null;
        }
        catch (OperationCanceledException)
        {
            // What is left is given back.
        }
        catch (SystemicFaultException fault)
        {
            Trouble = fault.Message;
            _items = null; // with a new patience
            host.Screen.WriteError($"{fault.Message} The work is given back; the next try is in {TroublePause.TotalSeconds:0} s.");
        }
        finally
        {
            await ended.CancelAsync();
            await reporting;
        }

        ChunkReport last = tally.Take(isEnd: true);
        using CancellationTokenSource patience = host.Interrupts.Finish.IsCancellationRequested ? new(LastWords) : CancellationTokenSource.CreateLinkedTokenSource(host.Interrupts.Finish);
        await _patience.WaitForAsync(() => parts.Chunks.ReportAsync(begun, name, last, CancellationToken.None), patience.Token);
        if (_failuresInARow >= MaxFailuresInARow)
        {
            throw new FleetException(
                $"{MaxFailuresInARow} images in a row failed here, so this worker takes no more: other machines do the rest. If their reasons are of this machine, `images batch retry {begun.Ref.Run}` does them again elsewhere.",
                isTransient: false);
        }
    }

    // Images that are skipped say nothing about it.
    private void CountFailure(ItemResult result)
    {
        if (result.Outcome == ItemOutcome.Processed)
        {
            Interlocked.Exchange(ref _failuresInARow, 0);
        }
        else if (result is { Outcome: ItemOutcome.Failed, IsCutShort: false })
        {
            Interlocked.Increment(ref _failuresInARow);
        }
    }

    private async Task ReportAsync(BegunChunk begun, ChunkTally tally, CancellationTokenSource noMore, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(parts.Chunks.Heartbeat, host.Time, ended);
                ChunkReport report = tally.Take(isEnd: false);
                if (!await _patience.WaitForAsync(() => parts.Chunks.ReportAsync(begun, name, report, CancellationToken.None), host.Interrupts.Stop))
                {
                    await noMore.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The last report follows.
        }
        catch (FleetException)
        {
            await noMore.CancelAsync(); // the last report meets the same fault
        }
    }

    // Splitting to single images at once takes at most six deaths to find the one; by halves it would be three for each half.
    private async Task BuryAsync(BegunChunk begun, CancellationToken cancellationToken)
    {
        if (begun.Keys.Count > 1)
        {
            host.Screen.WriteError($"{begun.Keys.Count} images of run {begun.Ref.Run} have ended their worker {begun.Deaths} times; from now on they are done one by one.");
            await parts.Chunks.SplitAsync(begun, cancellationToken);
            return;
        }

        ItemResult result = ItemResult.Failed($"It ended its worker {begun.Deaths} times.");
        ChunkTally tally = new(begun.Keys);
        foreach (string key in begun.Keys)
        {
            Note(key, result);
            tally.Add(key, result);
        }

        await parts.Chunks.ReportAsync(begun, name, tally.Take(isEnd: true), cancellationToken);
    }

    private ItemWorker ItemsOf(FleetRun run)
    {
        if (_items is not { } known || known.Run != run.Id)
        {
            known = (run.Id, new ItemWorker(batchOf(run), host));
            _items = known;
        }

        return known.Items;
    }

    private void Note(string key, ItemResult result)
    {
        if (result.Outcome == ItemOutcome.Failed)
        {
            host.Screen.WriteError($"Failed: {key}: {string.Join("; ", result.Reasons)}");
        }
    }
}
