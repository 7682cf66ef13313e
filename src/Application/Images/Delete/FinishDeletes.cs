using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images.Delete;

/// <summary>Finishes removals that a fault or a restart cut off, and forgets marks that are too old to matter.</summary>
public sealed record FinishDeletes : IRequest<int>;

internal sealed class FinishDeletesHandler(
    IImageMarks marks, Marks remembered, ImageRemover remover, KeyLocks locks, TimeProvider time, ILogger<FinishDeletesHandler> logger)
    : IRequestHandler<FinishDeletes, int>
{
    // A younger removal is most likely still at work.
    private static readonly TimeSpan CutOffAge = TimeSpan.FromMinutes(1);

    /// <returns>Images whose removal was finished.</returns>
    public async Task<int> Handle(FinishDeletes request, CancellationToken cancellationToken)
    {
        int finished = 0;
        await foreach (ListedMark mark in marks.ListAsync(cancellationToken))
        {
            TimeSpan age = time.GetUtcNow() - mark.WrittenAt;
            try
            {
                if (mark.Kind == MarkKind.Deleting)
                {
                    finished += age > CutOffAge && await FinishAsync(mark.Key, cancellationToken) ? 1 : 0;
                }
                else if (age > Marks.Lifetime)
                {
                    await RemoveOldAsync(mark.Kind, mark.Key, cancellationToken);
                }
            }
            catch (Exception failure) when (failure is StorageException or BusyException)
            {
                // One image must not hold up the others.
                logger.LogWarning("The removal of {Key} can't be finished now: {Failure}", mark.Key, failure.Message);
            }
        }

        Measures.Reconcile("delete", finished);
        return finished;
    }

    private async Task RemoveOldAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken)
    {
        // It may have been set again since it was listed.
        if (await marks.FindAsync(kind, key, cancellationToken) is { } mark && time.GetUtcNow() - mark.WrittenAt > Marks.Lifetime)
        {
            await marks.RemoveAsync(kind, key, cancellationToken);
        }
    }

    private async Task<bool> FinishAsync(ImageKey key, CancellationToken cancellationToken)
    {
        using IDisposable turn = await locks.EnterAsync(key, cancellationToken);
        if (await marks.FindAsync(MarkKind.Deleting, key, cancellationToken) is null)
        {
            return false; // it was finished, or is wanted again
        }

        // Publishes under way must be told again: the first mark may be too old by now.
        await remembered.BuryAsync(key, await remembered.FindTombstoneAsync(key, cancellationToken) ?? new Tombstone(), cancellationToken);
        await remover.EmptyAsync(key);
        return true;
    }
}
