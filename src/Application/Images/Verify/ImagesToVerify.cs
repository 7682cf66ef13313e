using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Verify;

/// <summary>Finds what there is to check, for <see cref="VerifyImage"/>.</summary>
public sealed class ImagesToVerify(ImageStores stores, ThumbnailSet set)
{
    /// <returns>Published originals and thumbnails without one, then uploads; page by page.</returns>
    public async IAsyncEnumerable<ImageKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Thanks to these, hardly any original has to be looked up.
        RecentKeys recent = new();
        await foreach (ListedImage image in stores.Active.ListAsync(cancellationToken))
        {
            if (set.IsOriginal(image.Key))
            {
                recent.Add(image.Key);
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
    }
}
