using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>A requested image is not there.</summary>
public sealed class ImageNotFoundException(ImageKey key, string storage)
    : Exception($"There is no {key} in {storage}.")
{
    public ImageKey Key { get; } = key;
}

/// <summary>A storage (or the temp folder) does not work, as opposed to "not there".</summary>
/// <param name="isFull">No space is left.</param>
public sealed class StorageException(string storage, string problem, bool isFull = false, Exception? inner = null)
    : Exception($"The {storage} storage: {problem}", inner)
{
    public string Storage { get; } = storage;

    public bool IsFull { get; } = isFull;

    /// <summary>The storage works, only this one object does not (a protected file, a folder in its place): trying again does not help.</summary>
    public bool IsOfOneObject { get; init; }

    /// <returns>For an object that is not there, or not whole, although the storage has accepted it.</returns>
    public static StorageException OfLost(string storage, ImageKey key) => new(storage, $"{key} was accepted there, but is not stored.");
}

/// <summary>There is no room for another request at the moment; a retry may soon succeed.</summary>
/// <param name="reason">What is busy; for logs.</param>
public sealed class BusyException(string reason = "All decoders are busy.") : Exception(reason);

/// <summary>What a client sent can't be accepted; the code and the facts go back to it.</summary>
/// <param name="code">Stable, for programs: one of the codes in docs/http.md.</param>
/// <param name="detail">For people: what is wrong, the limit and the actual value. Never a path or an exception's text.</param>
/// <param name="limit">The limit that was exceeded, if any.</param>
/// <param name="actual">The value that exceeded it.</param>
public sealed class InvalidImageException(string code, string detail, long? limit = null, long? actual = null, Exception? inner = null)
    : Exception(detail, inner)
{
    public const string NoFile = "no_file";
    public const string SeveralFiles = "several_files";
    public const string EmptyFile = "empty_file";
    public const string FileTooLarge = "file_too_large";
    public const string UnsupportedFormat = "unsupported_format";
    public const string UnsupportedAnimation = "unsupported_animation";
    public const string BrokenImage = "broken_image";
    public const string TooManyPixels = "too_many_pixels";
    public const string TooManyFrames = "too_many_frames";
    public const string TooComplex = "image_too_complex";
    public const string BadCrop = "bad_crop";
    public const string BadRotation = "bad_rotation";

    public string Code { get; } = code;

    public long? Limit { get; } = limit;

    public long? Actual { get; } = actual;
}
