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
                if (await FindLostAsync(source, stored, original.Length, cancellationToken) is not { } lost)
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
    private async Task<ImageKey?> FindLostAsync(
        SourceImage source, IReadOnlyList<StoredThumbnail> stored, long originalBytes, CancellationToken cancellationToken)
    {
        ImageKey?[] lost = await Task.WhenAll(
        [
            .. stored.Select(one => LookAsync(one.Key, one.Bytes, thumbnails.RecipeOf(one.Spec, one.Key.Format, source.Crop))),
            LookAsync(source.Key, originalBytes, recipe: null),
        ]);
        return lost.OfType<ImageKey>().FirstOrDefault() is { } first
            // The same change, sent to another process, has the same key. That process may have published or removed it by now.
            && !await stores.Active.ExistsAsync(source.Key, cancellationToken)
            && await marks.FindTombstoneAsync(source.Key, cancellationToken) is null
                ? first
                : null;

        // One with another recipe is that process's, which has found another crop: its publish, or that of this one, makes it anew.
        async Task<ImageKey?> LookAsync(ImageKey key, long bytes, string? recipe) =>
            await stores.Incoming.FindAsync(key, cancellationToken) is { } found && (found.Bytes == bytes || (found.Properties.Recipe ?? recipe) != recipe)
                ? null
                : key;
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
