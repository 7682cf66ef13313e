using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images;

/// <summary>Puts a new image, whole or not at all, into the incoming storage.</summary>
internal sealed class IncomingWriter(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, Marks marks, ILogger<IncomingWriter> logger)
{
    // The same change, sent to another process, has the same key: if it fails there, that process takes away what both have put here.
    private const int Tries = 3;

    /// <param name="source">With a new key that no image has. Its crop is kept with the original.</param>
    /// <returns>Its thumbnails.</returns>
    /// <exception cref="StorageException">Something was accepted, but is not there.</exception>
    public async Task<IReadOnlyList<StoredThumbnail>> WriteAsync(SourceImage source, CancellationToken cancellationToken)
    {
        ImageKey key = source.Key;
        try
        {
            IReadOnlyList<MadeThumbnail> made =
                await thumbnails.MakeAsync(source, set.Specs.Select(spec => (spec, key.Format.ThumbnailFormat)), cancellationToken);
            for (int i = 1; ; i++)
            {
                // The thumbnails of one image belong together: never some new ones beside some old ones. The original comes last: a request
                // that sees it in incoming finds all its thumbnails there.
                cancellationToken.ThrowIfCancellationRequested();
                IReadOnlyList<StoredThumbnail> stored = await thumbnails.StoreAsync(source, made, stores.Incoming, CancellationToken.None);
                await using Stream original = source.Workspace.OpenRead(source.FileName);
                await stores.Incoming.PutAsync(key, original, new ImageProperties(Crop: source.Crop), cancellationToken);
                if (await FindLostAsync(key, [.. stored.Select(one => (one.Key, one.Bytes)), (key, original.Length)], cancellationToken) is not { } lost)
                {
                    return stored;
                }

                if (i == Tries)
                {
                    throw StorageException.OfLost(ImageStores.IncomingName, lost);
                }
            }
        }
        catch
        {
            await TakeBackAsync(key);
            throw;
        }
    }

    // The caller will be told that the image is stored, and will keep no other copy: a storage that accepts and drops it must be noticed.
    private async Task<ImageKey?> FindLostAsync(ImageKey key, IReadOnlyList<(ImageKey Key, long Bytes)> stored, CancellationToken cancellationToken)
    {
        StoredImage?[] found = await Task.WhenAll(stored.Select(one => stores.Incoming.FindAsync(one.Key, cancellationToken)));
        return stored.Zip(found).FirstOrDefault(one => one.First.Bytes != one.Second?.Bytes) is { First.Key: { } lost }
            // The same change, sent to another process, has the same key. That process may have published or removed it by now.
            && !await stores.Active.ExistsAsync(key, cancellationToken)
            && await marks.FindTombstoneAsync(key, cancellationToken) is null
                ? lost
                : null;
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
