using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

internal static class ThumbnailOwners
{
    /// <returns>Whether a storage has an original that the thumbnail may be of.</returns>
    public static async Task<bool> HasOriginalOfAsync(this IImageStorage storage, ImageKey thumbnail, ThumbnailSet set, CancellationToken cancellationToken)
    {
        foreach (ImageKey original in set.OriginalsOf(thumbnail))
        {
            if (await storage.ExistsAsync(original, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }
}
