using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Active;

/// <summary>Opens one published object, original or thumbnail, for a reader.</summary>
/// <param name="Key">Text of its <see cref="ImageKey"/>.</param>
public sealed record OpenActiveImage(string Key) : IRequest<OpenedImage>, IOfImage
{
    string? IOfImage.Image => Key;

    /// <summary>The part that is wanted; null for all. The content begins there, or at the start.</summary>
    public BytePart? Part { get; init; }

    /// <summary>Whether only the facts about it are wanted; then the content is empty.</summary>
    public bool FactsOnly { get; init; }
}

internal sealed class OpenActiveImageValidator : AbstractValidator<OpenActiveImage>
{
    public OpenActiveImageValidator() => RuleFor(request => request.Key).MustParseAs<OpenActiveImage, ImageKey>(ErrorCodes.BadKey);
}

internal sealed class OpenActiveImageHandler(ImageStores stores) : IRequestHandler<OpenActiveImage, OpenedImage>
{
    public async Task<OpenedImage> Handle(OpenActiveImage request, CancellationToken cancellationToken)
    {
        ImageKey key = ImageKey.Parse(request.Key);
        return request.FactsOnly
            ? new OpenedImage(await stores.Active.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, ImageStores.ActiveName), Stream.Null)
            : await stores.ActiveForReaders.OpenReadAsync(key, request.Part, cancellationToken);
    }
}
