using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Planted;

/// <summary>A publish that deletes the source before it has verified the copy.</summary>
internal sealed class DeletedUnverified(IImageStorage inner) : DecoratedStorage(inner)
{
    public override async Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        await source.DeleteAsync(key, cancellationToken);
        return await Inner.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, ImageStores.ActiveName);
    }
}
