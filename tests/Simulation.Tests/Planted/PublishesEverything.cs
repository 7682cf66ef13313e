using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Modern;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Simulation.Tests.Planted;

/// <summary>A reconciler that publishes what nobody published.</summary>
internal sealed class PublishesEverything(ImageStores stores, ThumbnailSet set, Publisher publisher) : IRequestHandler<ReconcileIncoming, Reconciled>
{
    public async Task<Reconciled> Handle(ReconcileIncoming request, CancellationToken cancellationToken)
    {
        int published = 0;
        await foreach (ListedImage image in stores.Incoming.ListAsync(cancellationToken))
        {
            if (set.IsOriginal(image.Key))
            {
                await publisher.PublishAsync(image.Key, crop: null, waitForModern: true, cancellationToken);
                published++;
            }
        }

        return new Reconciled(0, published, []);
    }
}
