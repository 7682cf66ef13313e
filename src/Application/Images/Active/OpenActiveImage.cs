using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Active;

/// <summary>Opens one published object, original or thumbnail, for a reader.</summary>
/// <param name="Key">Text of its <see cref="ImageKey"/>.</param>
public sealed record OpenActiveImage(string Key) : IRequest<OpenedImage>;

internal sealed class OpenActiveImageValidator : AbstractValidator<OpenActiveImage>
{
    public OpenActiveImageValidator() => RuleFor(request => request.Key).MustParseAs<OpenActiveImage, ImageKey>(ErrorCodes.BadKey);
}

internal sealed class OpenActiveImageHandler(ImageStores stores) : IRequestHandler<OpenActiveImage, OpenedImage>
{
    public Task<OpenedImage> Handle(OpenActiveImage request, CancellationToken cancellationToken) =>
        stores.Active.OpenReadAsync(ImageKey.Parse(request.Key), cancellationToken);
}
