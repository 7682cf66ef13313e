using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Cli.Batches;

internal static class Listings
{
    /// <returns>Keys of all originals in a storage, in its order.</returns>
    public static async IAsyncEnumerable<string> OriginalsAsync(
        this IImageStorage storage, ThumbnailSet set, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedImage image in storage.ListAsync(cancellationToken))
        {
            if (set.IsOriginal(image.Key))
            {
                yield return image.Key.ToString();
            }
        }
    }
}
