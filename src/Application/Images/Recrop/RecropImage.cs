using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Recrop;

/// <summary>Publishes a published image again under a new key, with thumbnails that show another area. The old one stays.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>.</param>
/// <param name="Crop">Text of a <see cref="CropArea"/>, or null if the thumbnails show all of it.</param>
public sealed record RecropImage(string? Key, string? Crop) : IRequest<ImageKey>, IOfImage
{
    string? IOfImage.Image => Key;
}

internal sealed class RecropImageValidator : AbstractValidator<RecropImage>
{
    public RecropImageValidator(ThumbnailSet set)
    {
        RuleFor(request => request.Key).MustBeOriginal(set);
        RuleFor(request => request.Crop).MustBeCropOrNull();
    }
}

internal sealed class RecropImageHandler(
    ImageStores stores,
    IWorkspaces workspaces,
    ChangePublisher changes,
    ImageRemover remover,
    Marks marks,
    KeyLocks locks)
    : IRequestHandler<RecropImage, ImageKey>
{
    public async Task<ImageKey> Handle(RecropImage request, CancellationToken cancellationToken)
    {
        ImageKey old = ImageKey.Parse(request.Key!);
        CropArea? crop = request.Crop is null ? null : CropArea.Parse(request.Crop);
        using IDisposable turn = await locks.EnterAsync(old, cancellationToken);
        using IWorkspace workspace = workspaces.Open();
        StoredImage original = await workspace.FetchAsync(stores.Active, old, cancellationToken);
        Change change = await changes.PublishAsync(
            original, $"recrop {crop}", made => made.Properties.Crop == crop, workspace, () => Task.FromResult((OriginalFile.Name, crop)), cancellationToken);

        // Nothing may be left of an image that was deleted meanwhile. One that was turned was still there to recrop, and what was made
        // before the delete is an image of its own.
        if (!change.WasDone && await marks.FindTombstoneAsync(old, CancellationToken.None) is { Turned: null })
        {
            await remover.RemoveAsync(change.Key, CancellationToken.None);
            throw new ImageNotFoundException(old, ImageStores.ActiveName);
        }

        return change.Key;
    }
}
