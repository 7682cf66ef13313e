using System.Runtime.InteropServices;
using ImageBackend.Application.Abstractions;
using NetVips;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Turns faults of a disk into those of the port.</summary>
internal static class DiskFaults
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    // EPERM, ENOENT, EIO, EACCES, ENFILE, EMFILE, EFBIG, EROFS, ESTALE
    private static readonly int[] Others = [1, 2, 5, 13, 23, 24, 27, 30, 116];

    // libvips tells the system's errors in the system's words only.
    private static readonly string[] FullInWords = [Marshal.GetPInvokeErrorMessage(NoSpaceLeft), Marshal.GetPInvokeErrorMessage(QuotaExceeded)];
    private static readonly string[] OthersInWords = [.. Others.Select(Marshal.GetPInvokeErrorMessage)];

    /// <returns>Whether an exception is a fault of the disk, not of the caller. Of libvips' all else is a picture, or an encoder that refuses one.</returns>
    public static bool IsOfDisk(Exception exception) =>
        exception is IOException or UnauthorizedAccessException || (exception is VipsException && (IsFull(exception) || Tells(exception, OthersInWords)));

    public static StorageException Of(string storage, Exception exception) => new(
        storage, InWords(exception), isFull: IsFull(exception), exception);

    private static string InWords(Exception exception) => exception switch
    {
        _ when IsFull(exception) => "no space is left on the disk.",
        UnauthorizedAccessException => "this user may not do that in its folder.",
        DirectoryNotFoundException => "its folder is not there.",
        _ => "the disk does not work.",
    };

    private static bool IsFull(Exception exception) =>
        (exception.HResult & 0xFFFF) is NoSpaceLeft or QuotaExceeded
        || (exception is VipsException && Tells(exception, FullInWords));

    private static bool Tells(Exception exception, string[] words) => words.Any(one => exception.Message.Contains(one, StringComparison.Ordinal));
}
