using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Verify;

/// <summary>Finds what there is to check, for <see cref="VerifyImage"/>.</summary>
public sealed class CheckedImages(ImageStores stores, ThumbnailSet set)
{
    // S3 lists by name, where an original stands just before its thumbnails: nearly none has to be asked for.
    private const int Remembered = 1000;

    /// <returns>Published originals and thumbnails without one, then uploads; page by page.</returns>
    public async IAsyncEnumerable<ImageKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<ImageKey> recent = [];
        Queue<ImageKey> order = new();
        await foreach (ListedImage image in stores.Active.ListAsync(cancellationToken))
        {
            if (set.IsOriginal(image.Key))
            {
                Remember(image.Key);
                yield return image.Key;
            }
            else if (!set.OriginalsOf(image.Key).Any(recent.Contains) && !await stores.Active.HasOriginalOfAsync(image.Key, set, cancellationToken))
            {
                yield return image.Key;
            }
        }

        await foreach (ListedImage image in stores.Incoming.ListAsync(cancellationToken))
        {
            if (set.IsOriginal(image.Key) && !await stores.Active.ExistsAsync(image.Key, cancellationToken))
            {
                yield return image.Key;
            }
        }

        void Remember(ImageKey original)
        {
            recent.Add(original);
            order.Enqueue(original);
            if (order.Count > Remembered)
            {
                recent.Remove(order.Dequeue());
            }
        }
    }
}
