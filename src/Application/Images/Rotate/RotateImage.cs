using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Rotate;

/// <summary>Publishes a published image under a new key, turned, and removes the old one.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>: JPEG, PNG or GIF.</param>
/// <param name="Rotation">Text of a <see cref="Domain.Rotation"/>.</param>
public sealed record RotateImage(string? Key, string? Rotation) : IRequest<ImageKey>, IOfImage
{
    string? IOfImage.Image => Key;
}

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
    ChangePublisher changes,
    ImageRemover remover,
    Marks marks,
    KeyLocks locks)
    : IRequestHandler<RotateImage, ImageKey>
{
    private const string TurnedName = "turned";

    public async Task<ImageKey> Handle(RotateImage request, CancellationToken cancellationToken)
    {
        ImageKey old = ImageKey.Parse(request.Key!);
        Rotation rotation = Rotation.Parse(request.Rotation!);
        using IDisposable turn = await locks.EnterAsync(old, cancellationToken);
        using IWorkspace workspace = workspaces.Open();
        StoredImage original;
        try
        {
            original = await workspace.FetchAsync(stores.Active, old, cancellationToken);
        }
        catch (ImageNotFoundException)
        {
            if (await FindResultAsync(old, rotation, cancellationToken) is { } made)
            {
                return made;
            }

            throw;
        }

        ImageHeader header = await processor.ReadHeaderAsync(workspace.PathOf(OriginalFile.Name), old.Format, cancellationToken);
        CropArea? crop = original.Properties.Crop;
        Change change = await changes.PublishAsync(original, $"rotate {rotation.Degrees}", _ => true, workspace, TurnAsync, cancellationToken);
        return await ReplaceAsync(old, crop, new Turned(change.Key, rotation, header.Size), change.WasDone);

        async Task<(string, CropArea?)> TurnAsync()
        {
            await processor.TurnAsync(workspace.PathOf(OriginalFile.Name), old.Format, rotation, workspace.PathOf(TurnedName), cancellationToken);
            return (TurnedName, crop?.Turn(rotation, header.Size));
        }
    }

    /// <summary>Removes the old image, now that all of the new one is in active.</summary>
    /// <param name="crop">The old image's crop, as the new one shows it.</param>
    /// <param name="wasDone">Whether an earlier request had made the new one.</param>
    private async Task<ImageKey> ReplaceAsync(ImageKey old, CropArea? crop, Turned turned, bool wasDone)
    {
        if (await marks.FindTombstoneAsync(old, CancellationToken.None) is { } meanwhile && meanwhile.Turned?.Into != turned.Into)
        {
            if (wasDone && meanwhile.Turned is null)
            {
                // It was turned before it was deleted: what it became is an image of its own.
                await remover.EmptyAsync(old);
                return turned.Into;
            }

            // It was deleted, or turned differently: then there was nothing to turn.
            await remover.RemoveAsync(turned.Into, CancellationToken.None);
            throw new ImageNotFoundException(old, ImageStores.ActiveName);
        }

        await marks.BuryAsync(old, new Tombstone(turned), CancellationToken.None);
        // A publish may have given the old image another crop meanwhile. A publish that has not written it yet sees where the image went.
        if (await stores.Active.FindAsync(old, CancellationToken.None) is { } last && last.Properties.Crop is { } now && now != crop)
        {
            await changes.RecropAsync(turned.Into, now.Turn(turned.By, turned.Size));
        }

        await remover.EmptyAsync(old);
        return turned.Into;
    }

    /// <returns>What the same rotation turned the image into a short while ago; null if it did not.</returns>
    private async Task<ImageKey?> FindResultAsync(ImageKey old, Rotation rotation, CancellationToken cancellationToken)
    {
        if (await marks.FindTombstoneAsync(old, cancellationToken) is not { Turned: { } turned } || turned.By != rotation
            || !await stores.Active.ExistsAsync(turned.Into, cancellationToken))
        {
            return null;
        }

        await remover.EmptyAsync(old); // that may have been cut off
        return turned.Into;
    }
}
