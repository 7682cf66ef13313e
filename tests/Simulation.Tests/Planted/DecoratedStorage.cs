using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Planted;

/// <summary>Another storage, of which a planted fault changes a call.</summary>
internal abstract class DecoratedStorage(IImageStorage inner) : IImageStorage
{
    protected IImageStorage Inner => inner;

    public Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) => inner.FindAsync(key, cancellationToken);

    public Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) => inner.OpenReadAsync(key, part, cancellationToken);

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) =>
        inner.PutAsync(key, content, properties, cancellationToken);

    public virtual Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken) =>
        inner.CopyFromAsync(source, key, properties, cancellationToken);

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) =>
        inner.SetPropertiesAsync(key, properties, cancellationToken);

    public virtual Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken) =>
        inner.VerifyCopyAsync(source, key, cancellationToken);

    public Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken) => inner.DeleteAllAsync(keys, cancellationToken);

    public IAsyncEnumerable<ListedImage> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    public IReadOnlyList<ListOrder> Orders => inner.Orders;

    public Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken) => inner.ListPageAsync(page, cancellationToken);
}
