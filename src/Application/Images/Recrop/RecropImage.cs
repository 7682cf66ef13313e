using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Recrop;

/// <summary>Publishes a published image once more under a new key, with thumbnails that show another area. The old one stays.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>.</param>
/// <param name="Crop">Text of a <see cref="CropArea"/>, or null: the thumbnails show all of it.</param>
public sealed record RecropImage(string? Key, string? Crop) : IRequest<ImageKey>;

internal sealed class RecropImageValidator : AbstractValidator<RecropImage>
{
    public RecropImageValidator(ThumbnailSet set)
    {
        RuleFor(request => request.Key).MustBeOriginal(set);
        RuleFor(request => request.Crop).MustBeCropOrNull();
    }
}

internal sealed class RecropImageHandler(
    ImageStores stores, IWorkspaces workspaces, KeyMint mint, OriginalStripper stripper, IncomingWriter incoming, Publisher publisher)
    : IRequestHandler<RecropImage, ImageKey>
{
    // A new key, since readers keep the old thumbnails in their caches. The new image is made whole in incoming and goes
    // to active by the steps of a publish.
    public async Task<ImageKey> Handle(RecropImage request, CancellationToken cancellationToken)
    {
        ImageKey old = ImageKey.Parse(request.Key!);
        CropArea? crop = request.Crop is null ? null : CropArea.Parse(request.Crop);
        using IWorkspace workspace = workspaces.Open();
        await workspace.FetchAsync(stores.Active, old, cancellationToken);
        ImageKey key = await mint.MintAsync(old.Format, cancellationToken);
        await incoming.WriteAsync(workspace, stripper.Strip(workspace, OriginalFile.Name, old.Format), key, crop, cancellationToken);
        await publisher.PublishAsync(key, crop, waitForModern: true, cancellationToken);
        return key;
    }
}
