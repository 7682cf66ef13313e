using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Publish;

/// <summary>Moves an original and its thumbnails from incoming to active storage. Safe to send again, even after a failure.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>.</param>
/// <param name="Crop">Text of a <see cref="CropArea"/> that the thumbnails show from now on, or null for no change.</param>
public sealed record PublishImage(string? Key, string? Crop = null) : IRequest<PublishOutcome>, IOfImage
{
    string? IOfImage.Image => Key;
}

internal sealed class PublishImageValidator : AbstractValidator<PublishImage>
{
    public PublishImageValidator(ThumbnailSet set)
    {
        RuleFor(request => request.Key).MustBeOriginal(set);
        RuleFor(request => request.Crop).MustBeCropOrNull();
    }
}

internal sealed class PublishImageHandler(Publisher publisher, KeyLocks locks) : IRequestHandler<PublishImage, PublishOutcome>
{
    public async Task<PublishOutcome> Handle(PublishImage request, CancellationToken cancellationToken)
    {
        ImageKey key = ImageKey.Parse(request.Key!);
        CropArea? crop = request.Crop is null ? null : CropArea.Parse(request.Crop);
        using IDisposable turn = await locks.EnterAsync(key, cancellationToken);
        return await publisher.PublishAsync(key, crop, waitForModern: true, cancellationToken);
    }
}
