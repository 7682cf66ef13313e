using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Clean;

/// <summary>Finds uploads in incoming that were not published in time, for <see cref="RemoveExpiredUpload"/>.</summary>
public sealed class ExpiredUploads(ImageStores stores, ThumbnailSet set, TimeProvider time)
{
    /// <returns>Originals, page by page; then, from a second listing, thumbnails that have no original (any more).</returns>
    public async IAsyncEnumerable<ImageKey> ListAsync(TimeSpan timeToLive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Thumbnails of an image that is just being removed may still be there without their original.
        RecentKeys recent = new();
        await foreach (ImageKey key in ListOldAsync(timeToLive, cancellationToken))
        {
            if (set.IsOriginal(key))
            {
                recent.Add(key);
                yield return key;
            }
        }

        await foreach (ImageKey key in ListOldAsync(timeToLive, cancellationToken))
        {
            if (!set.IsOriginal(key) && !set.OriginalsOf(key).Any(recent.Contains) && !await stores.Incoming.HasOriginalOfAsync(key, set, cancellationToken))
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
