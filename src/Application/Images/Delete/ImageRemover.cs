using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Delete;

/// <summary>Removes one image with all its thumbnails, wherever they are. What is not there is no error.</summary>
internal sealed class ImageRemover(ImageStores stores, ThumbnailSet set)
{
    // Incoming before active, so that nothing publishes it again; in each the original first, so that what a fault
    // leaves behind is never a published image without its thumbnails.
    public async Task RemoveAsync(ImageKey key, CancellationToken cancellationToken)
    {
        foreach (IImageStorage storage in new[] { stores.Incoming, stores.Active })
        {
            await storage.DeleteAllAsync([key, .. set.AllKeysOf(key)], cancellationToken);
        }
    }
}
