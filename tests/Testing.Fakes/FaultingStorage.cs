using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>Another storage, with every call counted and failing when <see cref="StorageCalls"/> says so.</summary>
/// <remarks>A copy or a verification is one call, although it reads from a second storage.</remarks>
/// <param name="name">Name of its role, for the log of calls.</param>
public sealed class FaultingStorage(string name, IImageStorage inner, StorageCalls calls) : IImageStorage, IAccessCheck
{
    private readonly IImageStorage _inner = inner;

    public Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) =>
        calls.RunAsync(name, $"find {key}", () => _inner.FindAsync(key, cancellationToken));

    public Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) =>
        calls.RunAsync(name, $"open {key}", () => _inner.OpenReadAsync(key, part, cancellationToken));

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) =>
        RunAsync($"put {key}", () => _inner.PutAsync(key, content, properties, cancellationToken));

    public Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken) =>
        RunAsync($"copy {key}", () => _inner.CopyFromAsync(Unwrap(source), key, properties, cancellationToken));

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) =>
        RunAsync($"set {key}", () => _inner.SetPropertiesAsync(key, properties, cancellationToken));

    public Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken) =>
        calls.RunAsync(name, $"find how {found.Key} is served", () => ((IAccessCheck)_inner).HasConfiguredAccessAsync(found, cancellationToken));

    public Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken) =>
        calls.RunAsync(name, $"verify {key}", () => _inner.VerifyCopyAsync(Unwrap(source), key, cancellationToken));

    // Each is a separate call, so that a fault can come between any two.
    public async Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken)
    {
        foreach (ImageKey key in keys)
        {
            await RunAsync($"delete {key}", () => _inner.DeleteAllAsync([key], cancellationToken));
        }
    }

    public IReadOnlyList<ListOrder> Orders => _inner.Orders;

    public Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken) =>
        calls.RunAsync(name, "list a page", () => _inner.ListPageAsync(page, cancellationToken));

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RunAsync("list", () => Task.CompletedTask);
        await foreach (ListedImage image in _inner.ListAsync(cancellationToken))
        {
            yield return image;
        }
    }

    private static IImageStorage Unwrap(IImageStorage storage) => storage is FaultingStorage outer ? Unwrap(outer._inner) : storage;

    private Task<bool> RunAsync(string call, Func<Task> work) => calls.RunAsync(name, call, async () =>
    {
        await work();
        return true;
    });
}
