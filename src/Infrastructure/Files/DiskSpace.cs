namespace ImageBackend.Infrastructure.Files;

internal static class DiskSpace
{
    /// <returns>Bytes that this user may still write to the disk of a folder; null if that can't be said now.</returns>
    public static long? FreeIn(DirectoryInfo folder)
    {
        try
        {
            return new DriveInfo(folder.FullName).AvailableFreeSpace;
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return null;
        }
    }
}
