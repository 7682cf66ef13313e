using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Publish;

/// <summary>Moves an original and its thumbnails from incoming to active storage. Safe to send again, also after a failure.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>.</param>
public sealed record PublishImage(string? Key) : IRequest<PublishOutcome>;

public enum PublishOutcome
{
    Published,
    AlreadyPublished,
}

internal sealed class PublishImageValidator : AbstractValidator<PublishImage>
{
    public PublishImageValidator(ThumbnailSet set) => RuleFor(request => request.Key).MustBeOriginal(set);
}

internal sealed class PublishImageHandler(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails)
    : IRequestHandler<PublishImage, PublishOutcome>
{
    public async Task<PublishOutcome> Handle(PublishImage request, CancellationToken cancellationToken)
    {
        ImageKey key = ImageKey.Parse(request.Key!);
        if (!await stores.Incoming.ExistsAsync(key, cancellationToken))
        {
            return await AnswerFromActiveAsync(key, cancellationToken);
        }

        try
        {
            await MoveAsync(key, cancellationToken);
            return PublishOutcome.Published;
        }
        catch (ImageNotFoundException)
        {
            // It left incoming meanwhile: another publish of it is ahead of this one, or it was deleted.
            await TakeBackUnlessPublishedAsync(key, cancellationToken);
            return await AnswerFromActiveAsync(key, cancellationToken);
        }
    }

    private async Task MoveAsync(ImageKey key, CancellationToken cancellationToken)
    {
        ImageKey[] incoming = await FindThumbnailsAsync(key, cancellationToken);
        await stores.Active.CopyAllFromAsync(stores.Incoming, incoming, cancellationToken);
        // Never into incoming: another publish may just have emptied it.
        await thumbnails.CompleteAsync(key, stores.Incoming, stores.Active, cancellationToken);
        // The original is the commit: once it is active, all that belongs to it is there. Everything is verified
        // before anything is deleted, so a publish that was cut off can simply be sent again.
        await stores.Active.CopyFromAsync(stores.Incoming, key, cancellationToken);
        await stores.Active.VerifyAllAsync(stores.Incoming, [.. incoming, key], cancellationToken);
        // All that could be there: a kill may have left what is kept beside a thumbnail without the thumbnail.
        await stores.Incoming.DeleteAllAsync(set.AllKeysOf(key), cancellationToken);
        await stores.Incoming.DeleteAsync(key, cancellationToken);
    }

    private async Task<PublishOutcome> AnswerFromActiveAsync(ImageKey key, CancellationToken cancellationToken)
    {
        if (!await stores.Active.ExistsAsync(key, cancellationToken))
        {
            throw new ImageNotFoundException(key, "incoming or active");
        }

        // Older sites may have published it with other sizes, or another publish may still be at work.
        if (await thumbnails.CompleteAsync(key, stores.Active, stores.Active, cancellationToken)
            && !await TakeBackUnlessPublishedAsync(key, cancellationToken))
        {
            throw new ImageNotFoundException(key, "incoming or active");
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

    private async Task<ImageKey[]> FindThumbnailsAsync(ImageKey key, CancellationToken cancellationToken)
    {
        ImageKey[] keys = [.. set.AllKeysOf(key)];
        bool[] there = await Task.WhenAll(keys.Select(one => stores.Incoming.ExistsAsync(one, cancellationToken)));
        return [.. keys.Where((_, i) => there[i])];
    }
}
