using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>One place that holds images by key: the incoming or the active one.</summary>
/// <remarks>
/// Safe to call from several threads and processes. Objects appear whole or not at all, and once a call returns, its data is on disk.
/// A fault of the storage itself is a <see cref="StorageException"/>, never "not there".
/// </remarks>
public interface IImageStorage : IImagePages
{
    /// <returns>What is known about an object, or null when there is none.</returns>
    Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken);

    /// <param name="part">The part that is wanted; null for all. A storage whose content is seekable opens all of it.</param>
    /// <returns>The content and what is known about it; the caller disposes it. The content may be empty if the object has no byte of the part.</returns>
    /// <exception cref="ImageNotFoundException">No such object.</exception>
    Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken);

    /// <summary>Stores from the current position to the end, replacing an object with the same key.</summary>
    /// <param name="content">Seekable, so that its length is known and a failed send can start again. Stays open.</param>
    Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken);

    /// <summary>Copies from another storage; inside the service if both are of the same kind.</summary>
    /// <param name="properties">What is kept beside the copy; null for what is kept beside the source. A recipe that describes another content
    /// (<see cref="ImageProperties.RecipeOf"/>) is replaced by that of the source, or dropped.</param>
    /// <exception cref="ImageNotFoundException">The source has no such object.</exception>
    Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken);

    /// <summary>Replaces what is kept beside an object; its content stays.</summary>
    /// <exception cref="ImageNotFoundException">No such object.</exception>
    Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken);

    /// <summary>Compares an object with the one that it was copied from, by size and checksum, and makes sure that they are two objects.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="ImageNotFoundException">One of the two is not there (any more).</exception>
    /// <exception cref="StorageException">They differ, or are one and the same.</exception>
    Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken);

    /// <summary>Removes objects, and what is kept beside them, as if one after the other; a missing object is not a fault.</summary>
    /// <param name="keys">In the order of removal: after a fault, the end of the list is left, as far as a storage can keep to that.</param>
    Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken);

    /// <returns>Every object, in the storage's order, page by page: memory does not grow with their number. Without properties.</returns>
    IAsyncEnumerable<ListedImage> ListAsync(CancellationToken cancellationToken);
}
