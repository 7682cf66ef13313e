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
        // All is asked for at once: with a storage far away, a publish costs round trips more than work.
        Task<StoredImage?> inIncoming = stores.Incoming.FindAsync(key, cancellationToken);
        Task<StoredImage?> inActive = stores.Active.FindAsync(key, cancellationToken);
        Task<IReadOnlyList<FoundThumbnail>> beside = thumbnails.FindAsync(
            key, [key.Format.OfThumbnail, ImageFormat.WebP, ImageFormat.Avif], stores.Incoming, cancellationToken);
        await Task.WhenAll(inIncoming, inActive, beside);
        if (await inIncoming is not { } incoming)
        {
            return await PublishAgainAsync(key, crop, cancellationToken);
        }

        try
        {
            // A publish that was cut off may have kept a crop with the active original already.
            CropArea? shown = crop ?? (await inActive)?.KeptCrop() ?? incoming.KeptCrop();
            await MoveAsync(key, shown, [.. (await beside).Where(thumbnail => thumbnail.Shows(shown))], waitForModern, cancellationToken);
            return PublishOutcome.Published;
        }
        catch (ImageNotFoundException)
        {
            // It left incoming meanwhile: another publish of it is ahead of this one, or it was deleted.
            await TakeBackUnlessPublishedAsync(key, cancellationToken);
            return await PublishAgainAsync(key, crop, cancellationToken);
        }
    }

    /// <param name="usable">The thumbnails in incoming that show what they must.</param>
    private async Task MoveAsync(
        ImageKey key, CropArea? crop, IReadOnlyList<FoundThumbnail> usable, bool waitForModern, CancellationToken cancellationToken)
    {
        ImageFormat @base = key.Format.OfThumbnail;
        await stores.Active.CopyAllFromAsync(stores.Incoming, usable.Select(thumbnail => thumbnail.Stored), cancellationToken);
        if (!HasAll(usable, [@base]))
        {
            // Never into incoming: another publish may just have emptied it.
            await thumbnails.CompleteAsync(key, crop, @base, stores.Incoming, stores.Active, cancellationToken);
        }

        // The original is the commit: once it is active, all that belongs to it is there. Everything is verified
        // before anything is deleted, so a publish that was cut off can simply be sent again.
        await stores.Active.CopyFromAsync(stores.Incoming, key, new ImageProperties(Crop: crop?.ToString()), cancellationToken);
        Task<bool> lacking = waitForModern && !HasAll(usable, set.ModernFormats) ? LacksModernAsync(key, crop, cancellationToken) : Task.FromResult(false);
        await Task.WhenAll(
            lacking, stores.Active.VerifyAllAsync(stores.Incoming, [.. usable.Select(thumbnail => thumbnail.Stored.Key), key], cancellationToken));
        // All that could be there: a kill may have left what is kept beside a thumbnail without the thumbnail. The original
        // stays while WebP or AVIF are due.
        IEnumerable<ImageKey> done = set.AllKeysOf(key);
        await stores.Incoming.DeleteAllAsync(await lacking ? [.. done] : [.. done, key], cancellationToken);
        if (await lacking)
        {
            backlog.Add(key);
        }
    }

    private bool HasAll(IReadOnlyList<FoundThumbnail> found, IReadOnlyList<ImageFormat> formats) =>
        formats.All(format => found.Count(thumbnail => thumbnail.Format == format) == set.Specs.Count);

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

        await stores.Active.DeleteAllAsync([.. set.AllKeysOf(key)], CancellationToken.None);
        return false;
    }

    private async Task<bool> LacksModernAsync(ImageKey key, CropArea? crop, CancellationToken cancellationToken)
    {
        IReadOnlyList<FoundThumbnail> found = await thumbnails.FindAsync(key, set.ModernFormats, stores.Active, cancellationToken);
        return !HasAll([.. found.Where(thumbnail => thumbnail.Shows(crop))], set.ModernFormats);
    }
}
