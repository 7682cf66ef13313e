using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.DyingService;

/// <summary>A real storage, each of whose calls may be the last thing that the process does.</summary>
internal sealed class DyingStorage(IImageStorage inner, Death death) : IImageStorage
{
    private readonly IImageStorage _inner = inner;

    public Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) =>
        death.RunAsync(() => _inner.FindAsync(key, cancellationToken));

    public Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) =>
        death.RunAsync(() => _inner.OpenReadAsync(key, part, cancellationToken));

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) =>
        death.RunAsync(() => _inner.PutAsync(key, content, properties, cancellationToken));

    // The real one, so that a copy stays inside the storage.
    public Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken) =>
        death.RunAsync(() => _inner.CopyFromAsync(((DyingStorage)source)._inner, key, properties, cancellationToken));

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) =>
        death.RunAsync(() => _inner.SetPropertiesAsync(key, properties, cancellationToken));

    public Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken) =>
        death.RunAsync(() => _inner.VerifyCopyAsync(((DyingStorage)source)._inner, key, cancellationToken));

    // One by one, so that the process can die between any two.
    public async Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken)
    {
        foreach (ImageKey key in keys)
        {
            await death.RunAsync(() => _inner.DeleteAllAsync([key], cancellationToken));
        }
    }

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await death.RunAsync(() => Task.CompletedTask);
        await foreach (ListedImage image in _inner.ListAsync(cancellationToken))
        {
            yield return image;
        }
    }

    public IReadOnlyList<ListOrder> Orders => _inner.Orders;

    public Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken) => death.RunAsync(() => _inner.ListPageAsync(page, cancellationToken));
}
