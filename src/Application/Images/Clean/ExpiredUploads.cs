using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Clean;

/// <summary>Finds what in incoming nobody published in time, for <see cref="RemoveExpiredUpload"/>.</summary>
public sealed class ExpiredUploads(ImageStores stores, ThumbnailSet set, TimeProvider time)
{
    // More than are removed at once: of what is just being removed thumbnails may still be there without their original.
    private const int Remembered = 1000;

    /// <returns>Originals, page by page; then thumbnails that have none (any more), by a second listing.</returns>
    public async IAsyncEnumerable<ImageKey> ListAsync(TimeSpan timeToLive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Queue<ImageKey> recent = new();
        await foreach (ImageKey key in ListOldAsync(timeToLive, cancellationToken))
        {
            if (set.IsOriginal(key))
            {
                recent.Enqueue(key);
                if (recent.Count > Remembered)
                {
                    recent.Dequeue();
                }

                yield return key;
            }
        }

        HashSet<ImageKey> goingNow = [.. recent];

        await foreach (ImageKey key in ListOldAsync(timeToLive, cancellationToken))
        {
            if (!set.IsOriginal(key) && !set.OriginalsOf(key).Any(goingNow.Contains) && !await stores.Incoming.HasOriginalOfAsync(key, set, cancellationToken))
            {
                yield return key;
            }
        }
    }

    private async IAsyncEnumerable<ImageKey> ListOldAsync(TimeSpan timeToLive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedImage image in stores.Incoming.ListAsync(cancellationToken))
        {
            if (Expiry.HasPassed(image.Key, image.WrittenAt, timeToLive, time.GetUtcNow()))
            {
                yield return image.Key;
            }
        }
    }
}
