using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Delete;

/// <summary>Removes one image with all its thumbnails, wherever they are. A missing image is not an error.</summary>
internal sealed class ImageRemover(ImageStores stores, ThumbnailSet set, Marks marks)
{
    // A publish under way in another process may put it there once more; because of the mark, not a second time.
    private const int Tries = 3;

    /// <summary>Marks the image as deleted first: a publish under way may have passed every other check already, and because of the mark
    /// it removes again whatever it puts into active after that was emptied.</summary>
    public async Task RemoveAsync(ImageKey key, CancellationToken cancellationToken)
    {
        await marks.BuryAsync(key, new Tombstone(), cancellationToken);
        await EmptyAsync(key);
    }

    /// <summary>Removes whatever is there of an image that is marked as deleted. It does not stop in the middle.</summary>
    /// <exception cref="StorageException">Something is still there, although the storage says that it removed it.</exception>
    // Incoming before active, so that nothing publishes it again; in each, the original first, so that a fault
    // never leaves a published image without its thumbnails.
    public async Task EmptyAsync(ImageKey key)
    {
        for (int i = 1; ; i++)
        {
            foreach (IImageStorage storage in new[] { stores.Incoming, stores.Active })
            {
                await storage.DeleteAsync(key, CancellationToken.None);
                await storage.RemoveThumbnailsOfAsync(key, set);
            }

            if (await FindLeftAsync(key) is not { } left)
            {
                break;
            }

            if (i == Tries)
            {
                throw left;
            }
        }

        await marks.IsRemovedAsync(key);
    }

    // Thumbnails in incoming are private, and expire.
    private async Task<StorageException?> FindLeftAsync(ImageKey key)
    {
        Task<StoredImage?> upload = stores.Incoming.FindAsync(key, CancellationToken.None);
        Task<StoredImage?> published = stores.Active.FindAsync(key, CancellationToken.None);
        Task<IReadOnlyList<StoredImage>> thumbnails = stores.Active.FindThumbnailsOfAsync(key, set);
        await Task.WhenAll(upload, published, thumbnails);
        if (await upload is not null)
        {
            return StillThere(ImageStores.IncomingName, key);
        }

        ImageKey? inActive = (await published)?.Key ?? (await thumbnails is [{ } first, ..] ? first.Key : null);
        return inActive is { } left ? StillThere(ImageStores.ActiveName, left) : null;

        static StorageException StillThere(string storage, ImageKey left) => new(storage, $"{left} is still there after it was removed.");
    }

    /// <summary>For use after writing part of a published image: it may have been deleted meanwhile, and must not come back.</summary>
    /// <returns>Whether it is published; if not, nothing of it stays in active.</returns>
    public async Task<bool> TakeBackUnlessPublishedAsync(ImageKey key)
    {
        Task<StoredImage?> original = stores.Active.FindAsync(key, CancellationToken.None);
        Task<Tombstone?> tombstone = marks.FindTombstoneAsync(key, CancellationToken.None);
        await Task.WhenAll(original, tombstone);
        if (await original is not null && await tombstone is null)
        {
            return true;
        }

        await TakeBackAsync(key, isDeleted: await tombstone is not null);
        return false;
    }

    /// <param name="isDeleted">Whether an original that is there must be removed as well.</param>
    public async Task TakeBackAsync(ImageKey key, bool isDeleted)
    {
        if (isDeleted)
        {
            await stores.Active.DeleteAsync(key, CancellationToken.None);
        }

        await stores.Active.RemoveThumbnailsOfAsync(key, set);
    }
}
