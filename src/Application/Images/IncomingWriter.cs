using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images;

/// <summary>Puts a new image, whole or not at all, into the incoming storage.</summary>
internal sealed class IncomingWriter(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, ILogger<IncomingWriter> logger)
{
    /// <param name="source">With a new key that no image has. Its crop is kept with the original.</param>
    /// <returns>Its thumbnails.</returns>
    public async Task<IReadOnlyList<StoredThumbnail>> WriteAsync(SourceImage source, CancellationToken cancellationToken)
    {
        ImageKey key = source.Key;
        try
        {
            // The original comes last: a request that sees it in incoming finds all its thumbnails there.
            IReadOnlyList<StoredThumbnail> made =
                await thumbnails.WriteAllAsync(source, key.Format.ThumbnailFormat, stores.Incoming, cancellationToken);
            await using Stream original = source.Workspace.OpenRead(source.FileName);
            await stores.Incoming.PutAsync(key, original, new ImageProperties(Crop: source.Crop), cancellationToken);
            return made;
        }
        catch
        {
            await TakeBackAsync(key);
            throw;
        }
    }

    // Anything that can't be removed now was never published, and will expire.
    private async Task TakeBackAsync(ImageKey key)
    {
        try
        {
            await stores.Incoming.DeleteAllAsync([.. set.BaseKeysOf(key), key], CancellationToken.None);
        }
        catch (StorageException fault)
        {
            logger.LogWarning("After a failure, {Key} can't be removed: {Fault}", key, fault.Message);
        }
    }
}
