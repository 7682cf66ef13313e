using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Domain;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images.Migrate;

/// <summary>Puts whole images, and thumbnails that they lack, straight into the active storage.</summary>
internal sealed class ActiveWriter(
    ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, Marks marks, ImageRemover remover, ILogger<ActiveWriter> logger)
{
    // All thumbnails of the format that every image has are made before the first is stored, so that a refused image leaves nothing. After
    // a fault or a kill, at most thumbnails without an original are left, which the next run replaces.
    /// <exception cref="InvalidImageException">It can't be decoded, or the crop lies outside; nothing is stored.</exception>
    /// <exception cref="ImageNotFoundException">It was deleted meanwhile; nothing of it is left.</exception>
    public async Task WriteAsync(SourceImage source, CancellationToken cancellationToken)
    {
        ImageKey key = source.Key;
        // A request for it means that it is wanted again, even if it was deleted just before.
        await marks.ForgetAsync(key, cancellationToken);
        await thumbnails.WriteAllAsync(source, key.Format.ThumbnailFormat, stores.Active, cancellationToken);
        foreach (ImageFormat format in set.ModernFormats)
        {
            await TryAsync(key, format, () => thumbnails.WriteAllAsync(source, format, stores.Active, cancellationToken));
        }

        // The original comes last: a request that sees it in active finds all its thumbnails there.
        await using Stream content = source.Workspace.OpenRead(source.FileName);
        await stores.Active.PutAsync(key, content, new ImageProperties(Crop: source.Crop), cancellationToken);
        await RequirePublishedAsync(key);
    }

    /// <returns>Whether any thumbnail was missing and has been made.</returns>
    /// <exception cref="ImageNotFoundException">It was deleted meanwhile; nothing of it is left.</exception>
    public async Task<bool> CompleteAsync(StoredImage original, CancellationToken cancellationToken)
    {
        ImageKey key = original.Key;
        bool made = await thumbnails.CompleteAsync(
            key, original.Properties.Crop, key.Format.ThumbnailFormat, stores.Active, stores.Active, cancellationToken);
        foreach (ImageFormat format in set.ModernFormats)
        {
            await TryAsync(key, format, async () => made |= await thumbnails.CompleteAsync(
                key, original.Properties.Crop, format, stores.Active, stores.Active, cancellationToken));
        }

        if (made)
        {
            await RequirePublishedAsync(key);
        }

        return made;
    }

    /// <returns>Whether any thumbnail is missing.</returns>
    public async Task<bool> LacksAnyAsync(StoredImage original, CancellationToken cancellationToken)
    {
        foreach (ImageFormat format in (ImageFormat[])[original.Key.Format.ThumbnailFormat, .. set.ModernFormats])
        {
            if ((await thumbnails.FindMissingAsync(original.Key, original.Properties.Crop, format, stores.Active, cancellationToken)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    // The site may have deleted the image in between; nothing of it may come back.
    private async Task RequirePublishedAsync(ImageKey key)
    {
        if (!await remover.TakeBackUnlessPublishedAsync(key))
        {
            throw new ImageNotFoundException(key, ImageStores.ActiveName);
        }
    }

    // If an encoder refuses a picture, only that format is lost.
    private async Task TryAsync(ImageKey key, ImageFormat format, Func<Task> make)
    {
        try
        {
            await make();
        }
        catch (InvalidImageException failure)
        {
            logger.LogWarning("No {Format} of {Key}: {Failure}", format, key, failure.Message);
        }
    }
}
