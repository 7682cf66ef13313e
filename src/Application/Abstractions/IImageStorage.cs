using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>One place that holds images by key: the incoming or the active one.</summary>
/// <remarks>
/// Safe to call from several threads and processes. Objects appear whole or not at all, and what was answered is on disk.
/// A fault of the storage itself is a <see cref="StorageException"/>, never "not there".
/// </remarks>
public interface IImageStorage
{
    /// <summary>For logs and errors: <c>incoming</c> or <c>active</c>.</summary>
    string Name { get; }

    /// <returns>What is known of an object, or null when there is none.</returns>
    Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken);

    /// <returns>The content and what is known of it; the caller disposes it.</returns>
    /// <exception cref="ImageNotFoundException">No such object.</exception>
    Task<OpenedImage> OpenReadAsync(ImageKey key, CancellationToken cancellationToken);

    /// <summary>Opens an object for a reader outside, who may be slow: however many there are, they keep nothing waiting but each other.</summary>
    /// <param name="part">What is wanted of it; null: all. A storage whose content is seekable opens all of it.</param>
    /// <returns>As <see cref="OpenReadAsync"/>. Of a part that the object has no byte of the content may be empty.</returns>
    /// <exception cref="ImageNotFoundException">No such object.</exception>
    Task<OpenedImage> OpenForReaderAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) => OpenReadAsync(key, cancellationToken);

    /// <summary>Stores from the current position to the end, replacing an object of the same key.</summary>
    /// <param name="content">Seekable, so that its length is known and a failed send can start again. Stays open.</param>
    Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken);

    /// <summary>Copies from another storage; inside the service where both are of one kind.</summary>
    /// <param name="properties">What is kept beside the copy, but for a recipe that describes another content (<see cref="ImageProperties.RecipeOf"/>);
    /// null: what is kept beside the source.</param>
    /// <exception cref="ImageNotFoundException">The source has no such object.</exception>
    Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken);

    /// <summary>Replaces what is kept beside an object; its content stays.</summary>
    /// <exception cref="ImageNotFoundException">No such object.</exception>
    Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken);

    /// <summary>Whether an object goes out as the settings say: its headers, and its access, where the storage keeps such with it.</summary>
    /// <param name="found">What was found of it.</param>
    /// <returns>True too when it is not there any more. <see cref="SetPropertiesAsync"/> puts it right.</returns>
    Task<bool> IsServedRightAsync(StoredImage found, CancellationToken cancellationToken);

    /// <summary>Compares an object with the same one in the storage that it was copied from, by size and checksum, and makes sure that they are two.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="ImageNotFoundException">One of the two is not there (any more).</exception>
    /// <exception cref="StorageException">They differ, or are one and the same.</exception>
    Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken);

    /// <summary>Puts a mark, which is no image, and looks for it in another storage, then the other way round; no mark stays.</summary>
    /// <returns>Whether both are one place under two names: then a copy is its source, and whoever removes the source loses both.</returns>
    Task<bool> IsSamePlaceAsync(IImageStorage other, CancellationToken cancellationToken);

    /// <summary>Removes an object and what is kept beside it; does nothing when there is none.</summary>
    Task DeleteAsync(ImageKey key, CancellationToken cancellationToken);

    /// <summary>Removes objects as if one after the other; those that are not there are no fault.</summary>
    /// <param name="keys">In the order in which they go: what a fault leaves is the end of it, as far as a storage can keep to that.</param>
    Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken);

    /// <returns>Every object, in the storage's order, page by page: memory does not grow with their number. Without properties.</returns>
    IAsyncEnumerable<ListedImage> ListAsync(CancellationToken cancellationToken);
}
