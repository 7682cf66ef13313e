using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images.Modern;

/// <summary>Finds what a restart left unfinished, by listing incoming, and finishes it. What nobody published is never touched.</summary>
public sealed record ReconcileIncoming : IRequest<Reconciled>;

/// <param name="Queued">Published images whose tail (WebP, AVIF, clearing incoming) was queued.</param>
/// <param name="Published">Publishes that had been cut off and are finished now.</param>
public sealed record Reconciled(int Queued, int Published);

internal sealed class ReconcileIncomingHandler(
    ImageStores stores, ThumbnailSet set, Publisher publisher, KeyLocks locks, IModernBacklog backlog, TimeProvider time, ILogger<ReconcileIncomingHandler> logger)
    : IRequestHandler<ReconcileIncoming, Reconciled>
{
    // A publish takes seconds; before this one may still be at work, and it is left to it.
    private static readonly TimeSpan CutOffAge = TimeSpan.FromMinutes(10);

    public async Task<Reconciled> Handle(ReconcileIncoming request, CancellationToken cancellationToken)
    {
        int queued = 0;
        int published = 0;
        await foreach (ListedImage image in stores.Incoming.ListAsync(cancellationToken))
        {
            if (!set.IsOriginal(image.Key))
            {
                continue;
            }

            if (await stores.Active.ExistsAsync(image.Key, cancellationToken))
            {
                backlog.Add(image.Key);
                queued++;
            }
            else if (await WasCutOffAsync(image.Key, cancellationToken) && await FinishAsync(image.Key, cancellationToken))
            {
                published++;
            }
        }

        return new Reconciled(queued, published);
    }

    private async Task<bool> WasCutOffAsync(ImageKey key, CancellationToken cancellationToken)
    {
        StoredImage?[] thumbnails = await Task.WhenAll(set.BaseKeysOf(key).Select(one => stores.Active.FindAsync(one, cancellationToken)));
        DateTimeOffset? latest = thumbnails.Max(thumbnail => thumbnail?.WrittenAt);
        return latest < time.GetUtcNow() - CutOffAge;
    }

    // One image must not keep the others from their turn.
    private async Task<bool> FinishAsync(ImageKey key, CancellationToken cancellationToken)
    {
        try
        {
            using IDisposable turn = await locks.EnterAsync(key, cancellationToken);
            await publisher.PublishAsync(key, crop: null, waitForModern: true, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is InvalidImageException or ImageNotFoundException or BusyException)
        {
            logger.LogWarning("The publish of {Key} can't be finished: {Failure}", key, failure.Message);
            return false;
        }
    }
}
