using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Clean;

/// <summary>Removes an upload that was not published in time: an original with its thumbnails, or a thumbnail without an original.</summary>
/// <param name="TimeToLive">Anything younger stays.</param>
public sealed record RemoveExpiredUpload(ImageKey Key, TimeSpan TimeToLive) : IRequest<ExpiryOutcome>, IOfImage
{
    string? IOfImage.Image => Key.ToString();

    /// <summary>Removes nothing; the answer is the same.</summary>
    public bool DryRun { get; init; }
}

public enum ExpiryOutcome
{
    Removed,

    /// <summary>It is not old enough, or is no longer there.</summary>
    NotDue,

    /// <summary>Its publish has begun and is not finished: the reconciler will finish it.</summary>
    BeingPublished,
}

internal sealed class RemoveExpiredUploadValidator : AbstractValidator<RemoveExpiredUpload>
{
    public RemoveExpiredUploadValidator() => RuleFor(request => request.TimeToLive).GreaterThan(TimeSpan.Zero);
}

internal sealed class RemoveExpiredUploadHandler(ImageStores stores, ThumbnailSet set, TimeProvider time)
    : IRequestHandler<RemoveExpiredUpload, ExpiryOutcome>
{
    public async Task<ExpiryOutcome> Handle(RemoveExpiredUpload request, CancellationToken cancellationToken)
    {
        ImageKey key = request.Key;
        if (await stores.Incoming.FindAsync(key, cancellationToken) is not { } found
            || !Expiry.HasPassed(key, found.WrittenAt, request.TimeToLive, time.GetUtcNow()))
        {
            return ExpiryOutcome.NotDue;
        }

        bool isOriginal = set.IsOriginal(key);
        if (isOriginal && await IsBeingPublishedAsync(key, cancellationToken))
        {
            return ExpiryOutcome.BeingPublished;
        }

        if (!isOriginal && await stores.Incoming.HasOriginalOfAsync(key, set, cancellationToken))
        {
            return ExpiryOutcome.NotDue; // it is removed with its original
        }

        if (!request.DryRun)
        {
            // The original first: from then on a publish finds no image, instead of half of one.
            await stores.Incoming.DeleteAsync(key, cancellationToken);
            if (isOriginal)
            {
                Measures.Expire();
                await stores.Incoming.RemoveThumbnailsOfAsync(key, set);
            }
        }

        return ExpiryOutcome.Removed;
    }

    private async Task<bool> IsBeingPublishedAsync(ImageKey key, CancellationToken cancellationToken)
    {
        bool[] there = await Task.WhenAll(set.AllKeysOf(key).Prepend(key).Select(one => stores.Active.ExistsAsync(one, cancellationToken)));
        return there.Contains(true);
    }
}
