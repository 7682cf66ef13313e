using System.Runtime.InteropServices;
using ImageBackend.Application.Abstractions;
using NetVips;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Turns faults of a disk into those of the port.</summary>
internal static class DiskFaults
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    // libvips tells the system's errors in the system's words only.
    private static readonly string[] FullInWords = [Marshal.GetPInvokeErrorMessage(NoSpaceLeft), Marshal.GetPInvokeErrorMessage(QuotaExceeded)];

    /// <returns>Whether an exception is a fault of the disk, not of the caller.</returns>
    public static bool IsOfDisk(Exception exception) => exception is IOException or UnauthorizedAccessException;

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
        || (exception is VipsException && FullInWords.Any(words => exception.Message.Contains(words, StringComparison.Ordinal)));
}
