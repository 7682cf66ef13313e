using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>The two roles of a storage.</summary>
public sealed record ImageStores(IImageStorage Incoming, IImageStorage Active)
{
    /// <summary>The name that faults use.</summary>
    public const string IncomingName = "incoming";

    public const string ActiveName = "active";

    /// <summary>The active storage for outside readers, who may be slow: however many there are, they only keep each other waiting.</summary>
    public IImageStorage ActiveForReaders { get; init; } = Active;

    /// <summary>The incoming storage for readers, who likewise only keep each other waiting.</summary>
    public IImageStorage IncomingForReaders { get; init; } = Incoming;

    /// <param name="name">Null: the active one.</param>
    /// <returns>Null: none has that name.</returns>
    public IImageStorage? Named(string? name) => name switch
    {
        null or ActiveName => Active,
        IncomingName => Incoming,
        _ => null,
    };
}

public static class ImageStorageExtensions
{
    /// <returns>A whole object, as from <see cref="IImageStorage.OpenReadAsync"/>.</returns>
    /// <exception cref="ImageNotFoundException">No such object.</exception>
    public static Task<OpenedImage> OpenReadAsync(this IImageStorage storage, ImageKey key, CancellationToken cancellationToken) =>
        storage.OpenReadAsync(key, part: null, cancellationToken);

    /// <summary>Removes an object and what is kept beside it; does nothing when there is none.</summary>
    public static Task DeleteAsync(this IImageStorage storage, ImageKey key, CancellationToken cancellationToken) =>
        storage.DeleteAllAsync([key], cancellationToken);

    public static async Task<bool> ExistsAsync(this IImageStorage storage, ImageKey key, CancellationToken cancellationToken) =>
        await storage.FindAsync(key, cancellationToken) is not null;

    /// <summary>Copies in parallel, with what was found beside each; waits for all of them before passing on a fault.</summary>
    public static Task CopyAllFromAsync(
        this IImageStorage storage, IImageStorage source, IEnumerable<StoredImage> found, CancellationToken cancellationToken) =>
        Task.WhenAll(found.Select(image => storage.CopyFromAsync(source, image.Key, image.Properties, cancellationToken)));
}
