using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>An image that was asked for is not there.</summary>
public sealed class ImageNotFoundException(ImageKey key, string storage)
    : Exception($"There is no {key} in {storage}.")
{
    public ImageKey Key { get; } = key;
}

/// <summary>A storage (or the temp folder) does not work: not "not there".</summary>
/// <param name="isFull">No space is left.</param>
public sealed class StorageException(string storage, string problem, bool isFull = false, Exception? inner = null)
    : Exception($"The {storage} storage: {problem}", inner)
{
    public string Storage { get; } = storage;

    public bool IsFull { get; } = isFull;

    /// <summary>The storage works, this one object alone does not (a protected file, a folder in its place): another try does not help.</summary>
    public bool IsOfOneObject { get; init; }
}

/// <summary>There is no place for one more just now; asked again soon there may be.</summary>
/// <param name="reason">What is taken: for logs.</param>
public sealed class BusyException(string reason = "All decoders are busy.") : Exception(reason);

/// <summary>What a client sent can't be taken; the code and the facts go back to it.</summary>
/// <param name="code">Stable, for programs: one of the codes in docs/http.md.</param>
/// <param name="detail">For people: what is wrong, the limit and the actual value. Never a path or an exception's text.</param>
/// <param name="limit">The limit that was passed, if one was.</param>
/// <param name="actual">The value that passed it.</param>
public sealed class InvalidImageException(string code, string detail, long? limit = null, long? actual = null, Exception? inner = null)
    : Exception(detail, inner)
{
    public const string NoFile = "no_file";
    public const string SeveralFiles = "several_files";
    public const string EmptyFile = "empty_file";
    public const string FileTooLarge = "file_too_large";
    public const string UnsupportedFormat = "unsupported_format";
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
