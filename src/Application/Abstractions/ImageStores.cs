using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>The two roles of a storage.</summary>
public sealed record ImageStores(IImageStorage Incoming, IImageStorage Active);

public static class ImageStorageExtensions
{
    public static async Task<bool> ExistsAsync(this IImageStorage storage, ImageKey key, CancellationToken cancellationToken) =>
        await storage.FindAsync(key, cancellationToken) is not null;

    /// <summary>Copies in parallel, with what was found beside each; waits for all before a fault is passed on.</summary>
    public static Task CopyAllFromAsync(
        this IImageStorage storage, IImageStorage source, IEnumerable<StoredImage> found, CancellationToken cancellationToken) =>
        Task.WhenAll(found.Select(image => storage.CopyFromAsync(source, image.Key, image.Properties, cancellationToken)));
}
