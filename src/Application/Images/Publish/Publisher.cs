using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Publish;

/// <summary>The steps of a publish, for everything that ends in one: publish, recrop, rotate, and finishing what was cut off.</summary>
internal sealed class Publisher(
    ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, Marks marks, ImageRemover remover, IModernBacklog backlog)
{
    // A try is repeated only if another request to the same image comes in between.
    private const int Tries = 8;

    /// <param name="crop">What the thumbnails show from now on; null for the crop that is kept with the original.</param>
    /// <param name="waitForModern">Whether the original stays in incoming while WebP or AVIF are missing, so that they are made.</param>
    /// <param name="cancellationToken">Observed until the first change in active that others could see.</param>
    /// <exception cref="ImageNotFoundException">The image is neither in incoming nor in active, or was deleted.</exception>
    /// <exception cref="InvalidImageException">The original is empty, the crop lies outside (nothing was changed), or a thumbnail is missing and can't be made.</exception>
    /// <exception cref="BusyException">Other requests keep changing the image.</exception>
    public async Task<PublishOutcome> PublishAsync(ImageKey key, CropArea? crop, bool waitForModern, CancellationToken cancellationToken)
    {
        // Everything is requested in parallel: with a remote storage, a publish costs round trips more than work.
        Task<StoredImage?> inIncoming = stores.Incoming.FindAsync(key, cancellationToken);
        Task<StoredImage?> inActive = stores.Active.FindAsync(key, cancellationToken);
        Task<IReadOnlyList<FoundThumbnail>> beside = thumbnails.FindAsync(
            key, [key.Format.ThumbnailFormat, ImageFormat.WebP, ImageFormat.Avif], stores.Incoming, cancellationToken);
        await Task.WhenAll(inIncoming, inActive, beside);
        if (await inIncoming is not { } incoming)
        {
            PublishOutcome outcome = await PublishAgainAsync(key, crop, cancellationToken);
            // These were put there while another publish cleared incoming; an upload under way is not published yet.
            if (await beside is { Count: > 0 } left)
            {
                await stores.Incoming.DeleteAllAsync([.. left.Select(thumbnail => thumbnail.Stored.Key)], CancellationToken.None);
            }

            return outcome;
        }

        if (incoming.Bytes == 0)
        {
            throw new InvalidImageException(InvalidImageException.EmptyFile, $"The image {key} has no content; send it again.");
        }

        // A publish that was cut off may have stored a crop with the active original already.
        CropArea? shown = crop ?? (await inActive)?.Properties.Crop ?? incoming.Properties.Crop;
        bool isCommitted = false;
        try
        {
            using PublishStages stages = new("thumbnails");
            IReadOnlyList<FoundThumbnail> copied = await PutThumbnailsAsync(
                key, shown, (await beside).Where(thumbnail => thumbnail.MatchesCrop(shown)), cancellationToken);
            if (crop is not null)
            {
                await marks.AskForCropAsync(key, crop, cancellationToken);
            }

            // The original is the commit: once it is active, everything that belongs to it is there.
            cancellationToken.ThrowIfCancellationRequested();
            stages.Next("original");
            await stores.Active.CopyFromAsync(stores.Incoming, key, new ImageProperties(Crop: shown), CancellationToken.None);
            isCommitted = true;
            stages.Next("clear");
            await ClearIncomingAsync(key, crop, shown, copied, waitForModern);
            Measures.Publish();
            return PublishOutcome.Published;
        }
        catch (ImageNotFoundException)
        {
            // It left incoming meanwhile: another publish of it is ahead of this one, or it was deleted or turned.
            (bool isHere, CropArea? kept) = await SettleAsync(key, crop, isCommitted: isCommitted);
            if (isHere && !await LacksModernAsync(key, kept))
            {
                await FinishIfThereAsync(key, kept);
            }

            return isHere ? await PublishAgainAsync(key, crop, cancellationToken) : PublishOutcome.AlreadyPublished;
        }
    }

    /// <summary>
    /// Clears incoming of an image that is complete in active. No original is copied: the image may have been deleted meanwhile. If another
    /// crop was set meanwhile, the original stays, and the image is queued once more.
    /// </summary>
    /// <param name="shown">The crop that its WebP and AVIF show.</param>
    /// <exception cref="ImageNotFoundException">It is not in both.</exception>
    public async Task FinishAsync(ImageKey key, CropArea? shown, CancellationToken cancellationToken)
    {
        await stores.Active.VerifyCopyAsync(stores.Incoming, key, cancellationToken);
        (bool isHere, CropArea? crop) = await SettleAsync(key, asked: null);
        if (isHere && crop != shown)
        {
            backlog.Add(key);
        }
        else if (isHere)
        {
            await stores.Incoming.DeleteAllAsync([.. set.AllKeysOf(key), key], CancellationToken.None);
        }
    }

    // The publish that is ahead may have removed the original before it was put here, and its thumbnails afterwards.
    private async Task FinishIfThereAsync(ImageKey key, CropArea? shown)
    {
        try
        {
            await FinishAsync(key, shown, CancellationToken.None);
        }
        catch (ImageNotFoundException)
        {
            // The original is gone; its thumbnails may have come after that.
            await stores.Incoming.DeleteAllAsync([.. set.AllKeysOf(key)], CancellationToken.None);
        }
    }

    /// <summary>Puts all base thumbnails into active.</summary>
    /// <param name="usable">The thumbnails in incoming that show what they must.</param>
    /// <returns>Those of them that were copied.</returns>
    private async Task<IReadOnlyList<FoundThumbnail>> PutThumbnailsAsync(
        ImageKey key, CropArea? shown, IEnumerable<FoundThumbnail> usable, CancellationToken cancellationToken)
    {
        FoundThumbnail[] copied = [.. (await Task.WhenAll(usable.Select(one => TryCopyAsync(one, cancellationToken)))).OfType<FoundThumbnail>()];
        ImageFormat @base = key.Format.ThumbnailFormat;
        if (!HasAll(copied, [@base]))
        {
            // Never into incoming: another publish may just have emptied it.
            await thumbnails.CompleteAsync(key, shown, @base, stores.Incoming, stores.Active, cancellationToken);
        }

        return copied;
    }

    /// <returns>Null if it left incoming meanwhile, as when the same change fails in another process: it may still be made from the original.</returns>
    private async Task<FoundThumbnail?> TryCopyAsync(FoundThumbnail thumbnail, CancellationToken cancellationToken)
    {
        try
        {
            await stores.Active.CopyFromAsync(stores.Incoming, thumbnail.Stored.Key, thumbnail.Stored.Properties, cancellationToken);
            return thumbnail;
        }
        catch (ImageNotFoundException)
        {
            return null;
        }
    }

    // Everything is verified before anything is deleted, so a publish that was cut off can simply be sent again.
    /// <param name="asked">The crop that this publish must set; null if it leaves that to others.</param>
    private async Task ClearIncomingAsync(ImageKey key, CropArea? asked, CropArea? shown, IReadOnlyList<FoundThumbnail> copied, bool waitForModern)
    {
        Task<bool> lacking = waitForModern && !HasAll(copied, set.ModernFormats) ? LacksModernAsync(key, shown) : Task.FromResult(false);
        Task<StoredImage> original = stores.Active.VerifyCopyAsync(stores.Incoming, key, CancellationToken.None);
        Task<FoundThumbnail[]> copies = Task.WhenAll(copied.Select(VerifyAsync));
        Task<Tombstone?> tombstone = marks.FindTombstoneAsync(key, CancellationToken.None);
        Task<CropArea?> wish = marks.FindCropAsync(key, CancellationToken.None);
        await Task.WhenAll(lacking, original, copies, tombstone, wish);
        Seen? seen = HasAll(copied, [key.Format.ThumbnailFormat]) ? new Seen(await original, await copies, await tombstone, await wish) : null;
        (bool isHere, CropArea? crop) = await SettleAsync(key, asked, seen);
        if (!isHere)
        {
            return;
        }

        bool isLacking = await lacking || (waitForModern && crop != shown && set.ModernFormats.Count > 0);
        // Everything that could be there: a kill may have left what is kept beside a thumbnail, but not the thumbnail. The original
        // stays while WebP or AVIF are due.
        IEnumerable<ImageKey> done = set.AllKeysOf(key);
        await stores.Incoming.DeleteAllAsync(isLacking ? [.. done] : [.. done, key], CancellationToken.None);
        if (isLacking)
        {
            backlog.Add(key);
        }
    }

    /// <returns>What is in active.</returns>
    private async Task<FoundThumbnail> VerifyAsync(FoundThumbnail copied)
    {
        ImageKey key = copied.Stored.Key;
        for (int i = 1; ; i++)
        {
            try
            {
                StoredImage copy = await stores.Active.VerifyCopyAsync(stores.Incoming, key, CancellationToken.None);
                if (copy.Properties.Recipe is not null || copied.Stored.Properties.Recipe is null || i == Tries)
                {
                    return copied with { Stored = copy };
                }

                // Another request replaced the source just as it was copied: its recipe is there by now.
                await stores.Active.CopyFromAsync(stores.Incoming, key, properties: null, CancellationToken.None);
            }
            catch (StorageException) when (i < Tries)
            {
                // A publish with another crop may have put its own thumbnail there; if not, this one is copied again.
                if (await stores.Active.FindAsync(key, CancellationToken.None) is { Properties.Recipe: { } recipe } other && recipe != copied.Stored.Properties.Recipe)
                {
                    return copied with { Stored = other };
                }

                await stores.Active.CopyAllFromAsync(stores.Incoming, [copied.Stored], CancellationToken.None);
            }
        }
    }

    private bool HasAll(IReadOnlyList<FoundThumbnail> found, IReadOnlyList<ImageFormat> formats) =>
        formats.All(format => found.Count(thumbnail => thumbnail.Format == format) == set.Specs.Count);

    private async Task<PublishOutcome> PublishAgainAsync(ImageKey key, CropArea? crop, CancellationToken cancellationToken)
    {
        Task<StoredImage?> finding = stores.Active.FindAsync(key, cancellationToken);
        Task<Tombstone?> tombstone = marks.FindTombstoneAsync(key, cancellationToken);
        await Task.WhenAll(finding, tombstone);
        if (await finding is not { } original || await tombstone is not null)
        {
            throw Missing(key);
        }

        CropArea? shown = crop ?? original.Properties.Crop;
        // Older sites may have published it with other sizes, or another publish may still be at work.
        bool isMade = await thumbnails.CompleteAsync(key, shown, key.Format.ThumbnailFormat, stores.Active, stores.Active, cancellationToken);
        if (crop is not null && crop != original.Properties.Crop)
        {
            // The thumbnails show it already: from here on nothing is cancelled.
            await marks.AskForCropAsync(key, crop, CancellationToken.None);
            isMade = true;
        }

        if (isMade)
        {
            (bool isHere, shown) = await SettleAsync(key, crop);
            if (!isHere)
            {
                return PublishOutcome.AlreadyPublished;
            }
        }

        if (await LacksModernAsync(key, shown))
        {
            backlog.Add(key);
        }

        return PublishOutcome.AlreadyPublished;
    }

    /// <summary>
    /// Checks what is in active after this request has written there, and puts it right: an image deleted meanwhile is removed again, the crop
    /// is the one requested last, and the thumbnails show it. Every writer checks afterwards, so the last of several leaves it right.
    /// </summary>
    /// <param name="asked">The crop that this request was sent with, if any.</param>
    /// <param name="seen">What was seen after the last write; null to look now.</param>
    /// <param name="isCommitted">False if this request gave up before it put the original there, and maybe before it noted its crop.</param>
    /// <returns>The crop that is shown. Not here: the image was turned into another, which has the requested crop.</returns>
    /// <exception cref="ImageNotFoundException">It was deleted; nothing of it is left in active.</exception>
    /// <exception cref="StorageException">Something was accepted there, but is not stored.</exception>
    private async Task<(bool IsHere, CropArea? Crop)> SettleAsync(ImageKey key, CropArea? asked, Seen? seen = null, bool isCommitted = true)
    {
        for (int i = 0; i < Tries; i++, seen = null)
        {
            seen ??= await LookAsync(key);
            if (seen.Original is not { } original || seen.Tombstone is not null)
            {
                if (await TakeBackAsync(key, asked, seen.Tombstone, isCommitted))
                {
                    return (false, null);
                }

                continue;
            }

            CropArea? kept = original.Properties.Crop;
            CropArea? wish = seen.Wish ?? (isCommitted ? asked : null);
            if (seen.Wish is null && wish is not null && i == 0)
            {
                // Its mark was removed in place of an old one, but publishes that are still at work must find it.
                await marks.AskForCropAsync(key, wish, CancellationToken.None);
            }
            else if (wish is not null && wish != kept)
            {
                await TryAsync(() => stores.Active.SetPropertiesAsync(key, new ImageProperties(Crop: wish), CancellationToken.None));
            }
            else if (set.Specs.All(spec => seen.Thumbnails.Any(one => one.Spec == spec && one.Format == key.Format.ThumbnailFormat && one.MatchesCrop(kept))))
            {
                return (true, kept);
            }
            else
            {
                await TryAsync(() => thumbnails.CompleteAsync(key, kept, key.Format.ThumbnailFormat, stores.Active, stores.Active, CancellationToken.None));
            }
        }

        // Thumbnails that show something else are another request's; those that are not there are nobody's.
        HashSet<ImageKey> there = [.. (await thumbnails.FindAsync(key, [key.Format.ThumbnailFormat], stores.Active, CancellationToken.None)).Select(one => one.Stored.Key)];
        throw set.BaseKeysOf(key).FirstOrDefault(one => !there.Contains(one)) is { } lost
            ? StorageException.OfLost(ImageStores.ActiveName, lost)
            : new BusyException($"Other requests keep changing {key}.");

        static async Task TryAsync(Func<Task> change)
        {
            try
            {
                await change();
            }
            catch (ImageNotFoundException)
            {
                // It was removed just now: the next look tells why.
            }
        }
    }

    /// <summary>Takes back what this request has put into active of an image that is not there, or that was deleted.</summary>
    /// <returns>Whether the image was turned, and what it became has the requested crop. If not, another request has just published it.</returns>
    private async Task<bool> TakeBackAsync(ImageKey key, CropArea? asked, Tombstone? found, bool isCommitted)
    {
        // The tombstone may have been looked for just before the image was removed.
        Tombstone? tombstone = found ?? await marks.FindTombstoneAsync(key, CancellationToken.None);
        await remover.TakeBackAsync(key, isDeleted: tombstone is not null);
        if (tombstone is null && await stores.Active.ExistsAsync(key, CancellationToken.None))
        {
            return false;
        }

        if (tombstone?.Turned is not { } turned)
        {
            throw tombstone is null && isCommitted && await stores.Incoming.ExistsAsync(key, CancellationToken.None)
                ? StorageException.OfLost(ImageStores.ActiveName, key)
                : Missing(key);
        }

        if (asked is not null)
        {
            await PublishAsync(turned.Into, asked.Turn(turned.By, turned.Size), waitForModern: true, CancellationToken.None);
        }

        return true;
    }

    private async Task<Seen> LookAsync(ImageKey key)
    {
        Task<StoredImage?> original = stores.Active.FindAsync(key, CancellationToken.None);
        Task<IReadOnlyList<FoundThumbnail>> beside = thumbnails.FindAsync(key, [key.Format.ThumbnailFormat], stores.Active, CancellationToken.None);
        Task<Tombstone?> tombstone = marks.FindTombstoneAsync(key, CancellationToken.None);
        Task<CropArea?> wish = marks.FindCropAsync(key, CancellationToken.None);
        await Task.WhenAll(original, beside, tombstone, wish);
        return new Seen(await original, await beside, await tombstone, await wish);
    }

    private async Task<bool> LacksModernAsync(ImageKey key, CropArea? crop)
    {
        IReadOnlyList<FoundThumbnail> found = await thumbnails.FindAsync(key, set.ModernFormats, stores.Active, CancellationToken.None);
        return !HasAll([.. found.Where(thumbnail => thumbnail.MatchesCrop(crop))], set.ModernFormats);
    }

    private static ImageNotFoundException Missing(ImageKey key) => new(key, "incoming or active");

    /// <summary>What is in active, and what other requests noted about it.</summary>
    private sealed record Seen(StoredImage? Original, IReadOnlyList<FoundThumbnail> Thumbnails, Tombstone? Tombstone, CropArea? Wish);
}
