using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Simulation.Tests.Planted;

/// <summary>A delete that forgets incoming.</summary>
internal sealed class ForgetsIncoming(ImageStores stores, ThumbnailSet set, Marks marks) : IRequestHandler<DeleteImages, DeletedImages>
{
    public async Task<DeletedImages> Handle(DeleteImages request, CancellationToken cancellationToken)
    {
        foreach (ImageKey key in request.Keys.Select(ImageKey.Parse))
        {
            await marks.BuryAsync(key, new Tombstone(), cancellationToken);
            await stores.Active.DeleteAsync(key, CancellationToken.None);
            await stores.Active.RemoveThumbnailsOfAsync(key, set);
            await marks.IsRemovedAsync(key);
        }

        return new DeletedImages([]);
    }
}
