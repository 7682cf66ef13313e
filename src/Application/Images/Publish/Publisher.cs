using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Publish;

/// <summary>The steps of a publish, for all that ends in one: publish, recrop, rotate, and the finishing of what was cut off.</summary>
internal sealed class Publisher(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, IModernBacklog backlog)
{
    /// <param name="crop">What the thumbnails show from now on; null: what is kept with the original.</param>
    /// <param name="waitForModern">Whether the original stays in incoming while WebP or AVIF are missing, so that they are made.</param>
    /// <exception cref="ImageNotFoundException">The image is neither in incoming nor in active.</exception>
    /// <exception cref="InvalidImageException">The crop lies outside (nothing was changed), or a thumbnail is missing and can't be made.</exception>
    public async Task<PublishOutcome> PublishAsync(ImageKey key, CropArea? crop, bool waitForModern, CancellationToken cancellationToken)
    {
        StoredImage? incoming = await stores.Incoming.FindAsync(key, cancellationToken);
        if (incoming is null)
        {
            return await PublishAgainAsync(key, crop, cancellationToken);
        }

        try
        {
            // A publish that was cut off may have kept a crop with the active original already.
            StoredImage? active = await stores.Active.FindAsync(key, cancellationToken);
            await MoveAsync(key, crop ?? active?.KeptCrop() ?? incoming.KeptCrop(), waitForModern, cancellationToken);
            return PublishOutcome.Published;
        }
        catch (ImageNotFoundException)
        {
            // It left incoming meanwhile: another publish of it is ahead of this one, or it was deleted.
            await TakeBackUnlessPublishedAsync(key, cancellationToken);
            return await PublishAgainAsync(key, crop, cancellationToken);
        }
    }

    private async Task MoveAsync(ImageKey key, CropArea? crop, bool waitForModern, CancellationToken cancellationToken)
    {
        ImageFormat @base = key.Format.OfThumbnail;
        IReadOnlyList<ImageKey> usable = await thumbnails.FindUsableAsync(
            key, crop, [@base, ImageFormat.WebP, ImageFormat.Avif], stores.Incoming, cancellationToken);
        await stores.Active.CopyAllFromAsync(stores.Incoming, usable, cancellationToken);
        // Never into incoming: another publish may just have emptied it.
        await thumbnails.CompleteAsync(key, crop, @base, stores.Incoming, stores.Active, cancellationToken);
        // The original is the commit: once it is active, all that belongs to it is there. Everything is verified
        // before anything is deleted, so a publish that was cut off can simply be sent again.
        await stores.Active.CopyFromAsync(stores.Incoming, key, new ImageProperties(Crop: crop?.ToString()), cancellationToken);
        await stores.Active.VerifyAllAsync(stores.Incoming, [.. usable, key], cancellationToken);
        // All that could be there: a kill may have left what is kept beside a thumbnail without the thumbnail.
        await stores.Incoming.DeleteAllAsync(set.AllKeysOf(key), cancellationToken);
        if (waitForModern && await LacksModernAsync(key, crop, cancellationToken))
        {
            backlog.Add(key);
        }
        else
        {
            await stores.Incoming.DeleteAsync(key, cancellationToken);
        }
    }

    private async Task<PublishOutcome> PublishAgainAsync(ImageKey key, CropArea? crop, CancellationToken cancellationToken)
    {
        StoredImage original = await stores.Active.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, "incoming or active");
        CropArea? kept = original.KeptCrop();
        // Older sites may have published it with other sizes, or another publish may still be at work.
        if (await thumbnails.CompleteAsync(key, crop ?? kept, key.Format.OfThumbnail, stores.Active, stores.Active, cancellationToken)
            && !await TakeBackUnlessPublishedAsync(key, cancellationToken))
        {
            throw new ImageNotFoundException(key, "incoming or active");
        }

        if (crop is not null && crop != kept)
        {
            await stores.Active.SetPropertiesAsync(key, new ImageProperties(Crop: crop.ToString()), cancellationToken);
        }

        if (await LacksModernAsync(key, crop ?? kept, cancellationToken))
        {
            backlog.Add(key);
        }

        return PublishOutcome.AlreadyPublished;
    }

    /// <summary>No thumbnail that was just written may stay in active when its original was deleted meanwhile.</summary>
    /// <returns>Whether the image is published.</returns>
    private async Task<bool> TakeBackUnlessPublishedAsync(ImageKey key, CancellationToken cancellationToken)
    {
        if (await stores.Active.ExistsAsync(key, cancellationToken))
        {
            return true;
        }

        await stores.Active.DeleteAllAsync(set.AllKeysOf(key), CancellationToken.None);
        return false;
    }

    private async Task<bool> LacksModernAsync(ImageKey key, CropArea? crop, CancellationToken cancellationToken)
    {
        foreach (ImageFormat format in set.ModernFormats)
        {
            if ((await thumbnails.FindMissingAsync(key, crop, format, stores.Active, cancellationToken)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
