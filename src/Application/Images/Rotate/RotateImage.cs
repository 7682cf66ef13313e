using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Rotate;

/// <summary>Publishes a published image under a new key, turned, and removes the old one.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>: JPEG, PNG or GIF.</param>
/// <param name="Rotation">Text of a <see cref="Domain.Rotation"/>.</param>
public sealed record RotateImage(string? Key, string? Rotation) : IRequest<ImageKey>;

internal sealed class RotateImageValidator : AbstractValidator<RotateImage>
{
    public RotateImageValidator(ThumbnailSet set)
    {
        RuleFor(request => request.Key)
            .MustBeOriginal(set)
            .Must(text => ImageKey.Parse(text!).Format != ImageFormat.Svg)
            .WithErrorCode(InvalidImageException.BadRotation)
            .WithMessage("SVG images can't be turned.");
        RuleFor(request => request.Rotation).MustBeRotation();
    }
}

internal sealed class RotateImageHandler(
    ImageStores stores,
    IWorkspaces workspaces,
    IImageProcessor processor,
    KeyMint mint,
    OriginalStripper stripper,
    IncomingWriter incoming,
    Publisher publisher,
    ImageRemover remover)
    : IRequestHandler<RotateImage, ImageKey>
{
    private const string TurnedName = "turned";

    public async Task<ImageKey> Handle(RotateImage request, CancellationToken cancellationToken)
    {
        ImageKey old = ImageKey.Parse(request.Key!);
        Rotation rotation = Rotation.Parse(request.Rotation!);
        using IWorkspace workspace = workspaces.Open();
        StoredImage original = await workspace.FetchAsync(stores.Active, old, cancellationToken);
        CropArea? crop = original.KeptCrop();
        if (crop is not null)
        {
            ImageHeader header = await processor.ReadHeaderAsync(workspace.PathOf(OriginalFile.Name), old.Format, cancellationToken);
            crop = crop.Turn(rotation, header.Size);
        }

        await processor.TurnAsync(workspace.PathOf(OriginalFile.Name), old.Format, rotation, workspace.PathOf(TurnedName), cancellationToken);
        ImageKey key = await mint.MintAsync(old.Format, cancellationToken);
        await incoming.WriteAsync(workspace, stripper.Strip(workspace, TurnedName, old.Format), key, crop, cancellationToken);
        await publisher.PublishAsync(key, crop, waitForModern: true, cancellationToken);
        // Only now that all of the new one is in active.
        await remover.RemoveAsync(old, cancellationToken);
        return key;
    }
}
