using System.Runtime.CompilerServices;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>Cuts the keys of runs into chunks, a few ahead of the workers. Every worker has a feeder, but only one at a time feeds a run: when it is killed, another one continues at the run's cursor.</summary>
/// <param name="queues">The runs of other queues have other settings, and are left to others.</param>
/// <param name="batchOf">Reads what a run does.</param>
internal sealed class Feeder(FleetParts parts, BatchHost host, IReadOnlyDictionary<string, SharedSettings> queues, Func<FleetRun, Batch> batchOf)
{
    // Enough that no worker waits for the feeder, and few enough that a queue of them is nothing to a database.
    private const int ChunksPerWorker = 4;

    private static readonly TimeSpan ListingPause = TimeSpan.FromSeconds(10);

    private readonly DatabasePatience _patience = new(host.Screen, host.Time);
    private readonly Dictionary<long, Task> _feeding = [];
    private readonly HashSet<long> _refused = [];

    /// <summary>Feeds whatever runs there are, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                foreach (FleetRun run in await _patience.WaitForAsync(() => parts.Runs.ListRunningAsync(cancellationToken), cancellationToken))
                {
                    if (!queues.ContainsKey(run.Order.Queue))
                    {
                        Refuse(run);
                    }
                    else if (!_feeding.TryGetValue(run.Id, out Task? feeding) || feeding.IsCompleted)
                    {
                        await (feeding ?? Task.CompletedTask);
                        _feeding[run.Id] = FeedAsync(run.Id, cancellationToken);
                    }
                }

                await Task.Delay(parts.Chunks.Heartbeat, host.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(_feeding.Values);
        }
    }

    private void Refuse(FleetRun run)
    {
        if (_refused.Add(run.Id))
        {
            string difference = queues.Values.Last().DifferenceFrom(run.Order.Settings);
            host.Screen.WriteError($"Run {run.Id} ({run.Order.Kind}) is left to other machines, since it has other settings: {difference}.");
        }
    }

    private async Task FeedAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            await using FleetLock? mine = await FleetLock.TryTakeAsync(parts.Database, $"image_batches run {id}", cancellationToken);
            if (mine is null)
            {
                return;
            }

            FleetRun run = await parts.Runs.FindAsync(id, cancellationToken);
            Batch batch = batchOf(run);
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task counting = CountAsync(run, batch, ended.Token);
            try
            {
                await FeedAsync(run, batch, mine, cancellationToken);
            }
            catch (Exception fault) when (batch.IsSystemic(fault))
            {
                host.Screen.WriteError($"The images of run {id} can't be listed now: {fault.Message} Trying again.");
                await Task.Delay(ListingPause, host.Time, cancellationToken);
            }
            finally
            {
                await ended.CancelAsync();
                await counting;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another worker continues.
        }
        catch (FleetException fault) when (fault.IsTransient)
        {
            // Told by whoever waits for the database; then it is fed again.
        }
    }

    private async Task FeedAsync(FleetRun run, Batch batch, FleetLock mine, CancellationToken cancellationToken)
    {
        FeedingPause pause = new(parts.Chunks.Heartbeat / 4);
        int added = 0; // since the last pause
        await using IAsyncEnumerator<IReadOnlyList<string>> chunks = ChunksAsync(run, batch, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await mine.IsHeldAsync(cancellationToken) && (await parts.Runs.FindAsync(run.Id, cancellationToken)).State == RunState.Running)
        {
            (long free, int most) = run.IsFed ? (0, 0) : await RoomAsync(run, cancellationToken);
            if (free > 0)
            {
                if (!await chunks.MoveNextAsync())
                {
                    await parts.Chunks.SetFedAsync(run.Id, cancellationToken);
                    run = run with { IsFed = true };
                }
                else if (await parts.Chunks.AddAsync(run, chunks.Current, cancellationToken) is { } fed)
                {
                    run = fed;
                    added++;
                }
                else
                {
                    return; // it was cancelled
                }
            }
            else
            {
                await Task.Delay(pause.Next(added, most), host.Time, cancellationToken);
                added = 0;
            }

            await SubmitAsync(run, cancellationToken);
            if (run.IsFed && await parts.Runs.TryEndAsync(run.Id, cancellationToken))
            {
                return;
            }
        }
    }

    /// <returns>How many chunks may still be added, and how many may wait at most.</returns>
    private async Task<(long Free, int Most)> RoomAsync(FleetRun run, CancellationToken cancellationToken)
    {
        int workers = (await parts.Runs.WorkersAsync(run.Id, parts.Settings.LostAfter, cancellationToken)).Count;
        int most = ChunksPerWorker * Math.Max(1, workers);
        return (most - await parts.Chunks.CountWaitingAsync(run.Id, cancellationToken), most);
    }

    // A chunk is in the ledger before it is in the queue, so one that a crash kept out of the queue is found here.
    private async Task SubmitAsync(FleetRun run, CancellationToken cancellationToken)
    {
        bool isQueueEmpty = await parts.Broker.CountWaitingAsync(run.Order.Queue, cancellationToken) == 0;
        foreach (ChunkRef chunk in await parts.Chunks.ListUnsubmittedAsync(run.Id, isQueueEmpty, cancellationToken))
        {
            await parts.Broker.SubmitAsync(run.Order.Queue, chunk, cancellationToken);
            await parts.Chunks.SetSubmittedAsync(chunk, cancellationToken);
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<string>> ChunksAsync(FleetRun run, Batch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerable<string> keys = AfterCursorAsync(run, batch, cancellationToken);
        if (run.Order.Limit is { } limit)
        {
            keys = keys.Take((int)(limit - run.Fed));
        }

        await foreach (string[] chunk in keys.Chunk(parts.Settings.ChunkSize).WithCancellation(cancellationToken))
        {
            yield return chunk;
        }
    }

    // Not every storage lists in the order of the keys, but each lists in the same order again. If the key was removed since, all are listed again: whatever is done is skipped.
    private static async IAsyncEnumerable<string> AfterCursorAsync(FleetRun run, Batch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool isBehind = run.Cursor is null;
        await foreach (string key in KeysAsync(run, batch, cancellationToken))
        {
            if (isBehind)
            {
                yield return key;
            }

            isBehind |= key == run.Cursor;
        }

        if (!isBehind)
        {
            await foreach (string key in KeysAsync(run, batch, cancellationToken))
            {
                yield return key;
            }
        }
    }

    private static IAsyncEnumerable<string> KeysAsync(FleetRun run, Batch batch, CancellationToken cancellationToken) =>
        run.Order.Keys is { } chosen ? chosen.ToAsyncEnumerable() : batch.Keys(cancellationToken);

    // Beside the work, so that the work begins at once.
    private async Task CountAsync(FleetRun run, Batch batch, CancellationToken cancellationToken)
    {
        try
        {
            if (run.Total is null)
            {
                long total = await KeysAsync(run, batch, cancellationToken).LongCountAsync(cancellationToken);
                await parts.Runs.SetTotalAsync(run.Id, Math.Min(total, run.Order.Limit ?? long.MaxValue), cancellationToken);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or FleetException || batch.IsSystemic(fault))
        {
            // The total stays unknown; whoever feeds meets the same fault and reports it.
        }
    }
}
