using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Open;

/// <summary>Opens one object, original or thumbnail, for a reader: a published one, unless another storage is named.</summary>
/// <param name="Key">Text of its <see cref="ImageKey"/>.</param>
public sealed record OpenStoredImage(string Key) : IRequest<OpenedImage>, IOfImage
{
    string? IOfImage.Image => Key;

    /// <summary>The part that is wanted; null for all. The content begins there, or at the start.</summary>
    public BytePart? Part { get; init; }

    /// <summary>Whether it is in incoming.</summary>
    public bool IsIncoming { get; init; }

    /// <summary>Whether only the facts about it are wanted; then the content is empty.</summary>
    public bool FactsOnly { get; init; }
}

internal sealed class OpenStoredImageValidator : AbstractValidator<OpenStoredImage>
{
    public OpenStoredImageValidator() => RuleFor(request => request.Key).MustParseAs<OpenStoredImage, ImageKey>(ErrorCodes.BadKey);
}

internal sealed class OpenStoredImageHandler(ImageStores stores) : IRequestHandler<OpenStoredImage, OpenedImage>
{
    public async Task<OpenedImage> Handle(OpenStoredImage request, CancellationToken cancellationToken)
    {
        ImageKey key = ImageKey.Parse(request.Key);
        (IImageStorage storage, IImageStorage forReaders, string name) = request.IsIncoming
            ? (stores.Incoming, stores.IncomingForReaders, ImageStores.IncomingName)
            : (stores.Active, stores.ActiveForReaders, ImageStores.ActiveName);
        return request.FactsOnly
            ? new OpenedImage(await storage.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, name), Stream.Null)
            : await forReaders.OpenReadAsync(key, request.Part, cancellationToken);
    }
}
