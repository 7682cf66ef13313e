using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Short notes about images, kept beside the incoming storage, for requests to the same image in other processes. They are private,
/// are not images, and mean nothing once they are old.</summary>
/// <remarks>Safe to call from several threads and processes; a mark that was set is seen by every read that begins afterwards.</remarks>
public interface IImageMarks
{
    /// <returns>A mark, or null when there is none.</returns>
    Task<ImageMark?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken);

    /// <summary>Sets a mark, which replaces an older one of its kind; it survives a power cut.</summary>
    /// <param name="text">At most 500 printable ASCII characters.</param>
    Task SetAsync(MarkKind kind, ImageKey key, string text, CancellationToken cancellationToken);

    /// <summary>Removes a mark; does nothing when there is none.</summary>
    Task RemoveAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken);

    /// <returns>Every mark of every image, page by page.</returns>
    IAsyncEnumerable<ListedMark> ListAsync(CancellationToken cancellationToken);
}

public enum MarkKind
{
    /// <summary>The image was deleted, or turned into another: a request that puts it into active after this removes it again.</summary>
    Deleted,

    /// <summary>Its removal has begun and is not finished.</summary>
    Deleting,

    /// <summary>The crop that was requested last.</summary>
    Crop,
}

/// <param name="WrittenAt">By the clock of the storage, which may differ from this machine's by minutes.</param>
public sealed record ImageMark(string Text, DateTimeOffset WrittenAt);

public sealed record ListedMark(MarkKind Kind, ImageKey Key, DateTimeOffset WrittenAt);
