using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Turns faults of a disk into those of the port.</summary>
internal static class DiskFaults
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    /// <returns>Whether an exception is a fault of the disk, not of the caller.</returns>
    public static bool IsOfDisk(Exception exception) => exception is IOException or UnauthorizedAccessException;

    public static StorageException Of(string storage, Exception exception) => new(
        storage, "the disk does not work.", isFull: (exception.HResult & 0xFFFF) is NoSpaceLeft or QuotaExceeded, exception);
}
