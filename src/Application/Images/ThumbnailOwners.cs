using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

internal static class ThumbnailOwners
{
    /// <returns>Whether a storage has an original that the thumbnail may belong to.</returns>
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

    /// <summary>Removes an image's thumbnails in every format, except those that another original in the storage shares. Its own original must
    /// be gone: when two siblings are removed at the same time, one then finds the other gone.</summary>
    public static async Task RemoveThumbnailsOfAsync(this IImageStorage storage, ImageKey original, ThumbnailSet set) =>
        await storage.DeleteAllAsync([.. await storage.UnsharedThumbnailsOfAsync(original, set)], CancellationToken.None);

    /// <returns>Those thumbnails that <see cref="RemoveThumbnailsOfAsync"/> would remove and that are there.</returns>
    public static async Task<IReadOnlyList<StoredImage>> FindThumbnailsOfAsync(this IImageStorage storage, ImageKey original, ThumbnailSet set)
    {
        IEnumerable<ImageKey> unshared = await storage.UnsharedThumbnailsOfAsync(original, set);
        StoredImage?[] found = await Task.WhenAll(unshared.Select(one => storage.FindAsync(one, CancellationToken.None)));
        return [.. found.OfType<StoredImage>()];
    }

    private static async Task<IEnumerable<ImageKey>> UnsharedThumbnailsOfAsync(this IImageStorage storage, ImageKey original, ThumbnailSet set)
    {
        ImageKey[] siblings = [.. ThumbnailSet.SiblingsOf(original)];
        bool[] there = await Task.WhenAll(siblings.Select(one => storage.ExistsAsync(one, CancellationToken.None)));
        IEnumerable<ImageKey> shared = siblings.Zip(there).Where(one => one.Second).SelectMany(one => set.AllKeysOf(one.First));
        return set.AllKeysOf(original).Except(shared);
    }
}
