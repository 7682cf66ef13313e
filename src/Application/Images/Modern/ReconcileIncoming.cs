using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Modern;

/// <summary>Finds what a restart left unfinished, by listing incoming, and finishes it. Unpublished uploads are never touched.</summary>
public sealed record ReconcileIncoming : IRequest<Reconciled>;

/// <param name="Queued">Published images whose remaining work (WebP, AVIF, clearing incoming) was queued.</param>
/// <param name="Published">Publishes that were cut off and are finished now.</param>
/// <param name="Unfinished">Those that could not be finished, the first thousand at most.</param>
public sealed record Reconciled(int Queued, int Published, IReadOnlyList<Unfinished> Unfinished);

/// <param name="Fault">Why not.</param>
public sealed record Unfinished(ImageKey Key, Exception Fault);

internal sealed class ReconcileIncomingHandler(
    ImageStores stores, ThumbnailSet set, Publisher publisher, KeyLocks locks, IModernBacklog backlog, TimeProvider time)
    : IRequestHandler<ReconcileIncoming, Reconciled>
{
    // So many in a row mean that the storage is at fault, and it may be slow to fail.
    private const int MaxFaultsInARow = 10;
    private const int MaxTold = 1000;

    public async Task<Reconciled> Handle(ReconcileIncoming request, CancellationToken cancellationToken)
    {
        int queued = 0;
        int published = 0;
        int inARow = 0;
        List<Unfinished> unfinished = [];
        await foreach (ListedImage image in stores.Incoming.ListAsync(cancellationToken))
        {
            if (!set.IsOriginal(image.Key))
            {
                continue;
            }

            try
            {
                if (await stores.Active.ExistsAsync(image.Key, cancellationToken))
                {
                    backlog.Add(image.Key);
                    queued++;
                }
                else if (await WasCutOffAsync(image.Key, cancellationToken))
                {
                    using IDisposable turn = await locks.EnterAsync(image.Key, cancellationToken);
                    await publisher.PublishAsync(image.Key, crop: null, waitForModern: true, cancellationToken);
                    published++;
                }

                inARow = 0;
            }
            catch (Exception fault) when (fault is not OperationCanceledException) // one image must not hold up the others
            {
                if (unfinished.Count < MaxTold)
                {
                    unfinished.Add(new Unfinished(image.Key, fault));
                }

                bool isOfOne = fault is InvalidImageException or ImageNotFoundException or StorageException { IsOfOneObject: true };
                if (!isOfOne && ++inARow == MaxFaultsInARow)
                {
                    break;
                }
            }
        }

        Measures.Reconcile("queued", queued);
        Measures.Reconcile("publish", published);
        Measures.LeaveUnfinished(unfinished.Count);
        return new Reconciled(queued, published, unfinished);
    }

    private async Task<bool> WasCutOffAsync(ImageKey key, CancellationToken cancellationToken)
    {
        // Of any format, as for the cleaner: whatever it leaves because a publish has begun is finished here.
        StoredImage?[] thumbnails = await Task.WhenAll(set.AllKeysOf(key).Select(one => stores.Active.FindAsync(one, cancellationToken)));
        DateTimeOffset? latest = thumbnails.Max(thumbnail => thumbnail?.WrittenAt);
        return latest < time.GetUtcNow() - UnderWay.MaxTime;
    }
}
