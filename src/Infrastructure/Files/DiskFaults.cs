using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Files;

/// <summary>Translates disk faults into those of the port.</summary>
internal static class DiskFaults
{
    private const int NotPermitted = 1; // EPERM
    private const int InputOutput = 5; // EIO
    private const int TooManyFiles = 24; // EMFILE
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int ReadOnly = 30; // EROFS
    private const int QuotaExceeded = 122; // EDQUOT

    // ENXIO, ENODEV, ENOTCONN, ETIMEDOUT, EHOSTDOWN, ESTALE, EREMOTEIO: a remote file system is away, or a disk was pulled out.
    private static readonly int[] Away = [6, 19, 107, 110, 112, 116, 121];

    // EPERM, EBUSY, EEXIST, ENOTDIR, EISDIR, ETXTBSY, ENAMETOOLONG, ENOTEMPTY, ELOOP
    private static readonly int[] OfOneFile = [NotPermitted, 16, 17, 20, 21, 26, 36, 39, 40];

    /// <summary>
    /// Error numbers that can only be the disk's fault while a decoded picture is being written; includes ENOENT, EACCES, ENFILE and EFBIG.
    /// </summary>
    public static readonly IReadOnlyList<int> Numbers = [NotPermitted, 2, InputOutput, 13, 23, TooManyFiles, 27, NoSpaceLeft, ReadOnly, QuotaExceeded, .. Away];

    /// <returns>Whether an exception is a fault of the disk, not of the caller.</returns>
    public static bool IsOfDisk(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <returns>Whether the cause may be one file that is protected or in the way, rather than a broken folder.</returns>
    public static bool MayBeOfOneFile(Exception exception) => exception is UnauthorizedAccessException || OfOneFile.Contains(ErrorOf(exception));

    public static StorageException Of(string storage, Exception exception, bool isOfOneObject = false) =>
        new(storage, InWords(exception, isOfOneObject), isFull: ErrorOf(exception) is NoSpaceLeft or QuotaExceeded, exception) { IsOfOneObject = isOfOneObject };

    private static string InWords(Exception exception, bool isOfOneObject) => (ErrorOf(exception), exception) switch
    {
        (NoSpaceLeft, _) => "no space is left on the disk.",
        (QuotaExceeded, _) => "no space is left on the disk for this user: its quota is used up.",
        (InputOutput, _) => "the disk has a fault (input/output error).",
        (ReadOnly, _) => "its file system is mounted read-only.",
        (TooManyFiles, _) => "this process has too many files open.",
        (var error, _) when Away.Contains(error) => "its file system does not answer.",
        _ when isOfOneObject => "one file can't be read, replaced or removed: it is protected, or something else is in its place.",
        (_, UnauthorizedAccessException) => "this user may not do that in its folder.",
        (_, DirectoryNotFoundException) => "its folder is not there.",
        _ => "the disk does not work.",
    };

    // The system's number. Errors for which .NET has its own exceptions have a different HResult.
    private static int ErrorOf(Exception exception) => exception is IOException { HResult: > 0 and < 4096 } ? exception.HResult : 0;
}
