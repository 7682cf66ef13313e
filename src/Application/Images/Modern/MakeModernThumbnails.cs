using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images.Modern;

/// <summary>Makes the WebP and AVIF that an image lacks, beside its original, and finishes its publish if only they were missing.</summary>
/// <param name="Key">The original's.</param>
public sealed record MakeModernThumbnails(ImageKey Key) : IRequest<ModernOutcome>, IOfImage
{
    string? IOfImage.Image => Key.ToString();
}

public enum ModernOutcome
{
    /// <summary>Everything that can be made is there.</summary>
    Complete,

    /// <summary>The image was deleted, or never was.</summary>
    Gone,
}

internal sealed class MakeModernThumbnailsValidator : AbstractValidator<MakeModernThumbnails>
{
    public MakeModernThumbnailsValidator(ThumbnailSet set) => RuleFor(request => request.Key).MustBeOriginal(set);
}

internal sealed class MakeModernThumbnailsHandler(
    ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, Publisher publisher, KeyLocks locks, ILogger<MakeModernThumbnailsHandler> logger)
    : IRequestHandler<MakeModernThumbnails, ModernOutcome>
{
    // A try is repeated only if another crop comes in between.
    private const int Tries = 5;

    public async Task<ModernOutcome> Handle(MakeModernThumbnails request, CancellationToken cancellationToken)
    {
        ImageKey key = request.Key;
        // It may be published while its thumbnails are made in incoming: then those missing in active are made next.
        if (!await stores.Active.ExistsAsync(key, cancellationToken)
            && (await MakeAsync(key, stores.Incoming, cancellationToken)).IsHere
            && !await stores.Active.ExistsAsync(key, cancellationToken))
        {
            return ModernOutcome.Complete;
        }

        (bool isHere, CropArea? shown) = await MakeAsync(key, stores.Active, cancellationToken);
        if (!isHere)
        {
            return ModernOutcome.Gone;
        }

        if (await stores.Incoming.ExistsAsync(key, cancellationToken))
        {
            await FinishAsync(key, shown, cancellationToken);
        }

        return ModernOutcome.Complete;
    }

    private async Task FinishAsync(ImageKey key, CropArea? shown, CancellationToken cancellationToken)
    {
        using IDisposable turn = await locks.EnterAsync(key, cancellationToken);
        try
        {
            await publisher.FinishAsync(key, shown, cancellationToken);
        }
        catch (ImageNotFoundException)
        {
            // It was deleted, or a publish has cleared incoming meanwhile.
        }
    }

    /// <returns>Whether the original is still there, and the crop that was made last; if it is not, nothing that was made is kept.</returns>
    private async Task<(bool IsHere, CropArea? Shown)> MakeAsync(ImageKey key, IImageStorage storage, CancellationToken cancellationToken)
    {
        StoredImage? original = await storage.FindAsync(key, cancellationToken);
        CropArea? crop = null;
        for (int i = 0; i < Tries && original is not null; i++)
        {
            crop = original.Properties.Crop;
            foreach (ImageFormat format in set.ModernFormats)
            {
                await TryMakeAsync(key, crop, format, storage, cancellationToken);
                // If the image is deleted or turned in between, nothing of it may come back.
                original = await storage.FindAsync(key, CancellationToken.None);
                if (original is null)
                {
                    await storage.RemoveThumbnailsOfAsync(key, set);
                    return (false, crop);
                }
            }

            // With another crop they have to be made again.
            if (original.Properties.Crop == crop)
            {
                return (true, crop);
            }
        }

        return (original is not null, crop);
    }

    private async Task TryMakeAsync(ImageKey key, CropArea? crop, ImageFormat format, IImageStorage storage, CancellationToken cancellationToken)
    {
        try
        {
            await TakeFromIncomingAsync(key, crop, format, storage, cancellationToken);
            await thumbnails.CompleteAsync(key, crop, format, storage, storage, () => EnterAsync(key, storage, cancellationToken), cancellationToken);
        }
        catch (ImageNotFoundException)
        {
            // The original is gone: the check that follows tells.
        }
        catch (InvalidImageException failure)
        {
            // If an encoder refuses a picture, only that format is lost.
            Measures.Fail(format.ToString(), set.Specs.Count);
            logger.LogWarning("No {Format} of {Key}: {Failure}", format, key, failure.Message);
        }
    }

    private async Task TakeFromIncomingAsync(
        ImageKey key, CropArea? crop, ImageFormat format, IImageStorage storage, CancellationToken cancellationToken)
    {
        if (storage != stores.Active)
        {
            return;
        }

        IReadOnlyList<FoundThumbnail> found = await thumbnails.FindAsync(key, [format], stores.Incoming, cancellationToken);
        StoredImage[] made = [.. found.Where(one => one.MatchesCrop(crop)).Select(one => one.Stored)];
        if (made.Length == 0)
        {
            return;
        }

        using IDisposable turn = await EnterAsync(key, storage, cancellationToken);
        try
        {
            await storage.CopyAllFromAsync(stores.Incoming, made, cancellationToken);
        }
        catch (ImageNotFoundException)
        {
            // A publish has cleared incoming meanwhile: what was not copied is made.
        }
    }

    /// <summary>Waits for the image's turn: a delete in this process comes before what is stored, or after it, and then removes it. In between,
    /// a crash would leave a thumbnail of a deleted image.</summary>
    /// <exception cref="ImageNotFoundException">The original is gone.</exception>
    private async Task<IDisposable> EnterAsync(ImageKey key, IImageStorage storage, CancellationToken cancellationToken)
    {
        IDisposable turn = await locks.EnterAsync(key, cancellationToken);
        try
        {
            return await storage.ExistsAsync(key, cancellationToken)
                ? turn
                : throw new ImageNotFoundException(key, storage == stores.Active ? ImageStores.ActiveName : ImageStores.IncomingName);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }
}
