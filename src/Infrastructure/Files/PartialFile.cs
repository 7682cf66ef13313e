namespace ImageBackend.Infrastructure.Files;

/// <summary>A file that is written beside its destination and takes its name when it is whole and on disk.</summary>
internal static class PartialFile
{
    /// <summary>Of its name, before what <see cref="MakerMark.Draw"/> gave. A dot: never the name of an image.</summary>
    public const string Prefix = ".partial-";

    public static string Draw(string folder) => Path.Combine(folder, Prefix + MakerMark.Draw());

    /// <summary>Writes the file and renames it; on a failure the partial file is removed.</summary>
    /// <param name="mode">Null: as it was made, by the umask.</param>
    /// <param name="onDisk">Whether it must outlive a power cut once this returns.</param>
    public static void Complete(FileStream file, string destination, UnixFileMode? mode, bool onDisk, Action write)
    {
        try
        {
            write();
            Rename(file, destination, mode, onDisk);
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }

    /// <summary>Writes the file, puts it on disk, renames it and puts the folder on disk; on a failure the partial file is removed.</summary>
    /// <param name="mode">Null: as it was made, by the umask.</param>
    public static async Task CompleteAsync(FileStream file, string destination, UnixFileMode? mode, Func<Task> write)
    {
        try
        {
            await write();
            Rename(file, destination, mode, onDisk: true);
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }

    public static bool CanBeMadeIn(string folder)
    {
        try
        {
            using FileStream file = HeldFile.Create(() => Draw(folder));
            File.Delete(file.Name);
            return true;
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return false;
        }
    }

    /// <returns>Whether what is made in one folder is seen in another: they are one, whatever their names.</returns>
    public static bool IsSeenFrom(string folder, string elsewhere)
    {
        using FileStream mark = HeldFile.Create(() => Draw(folder));
        try
        {
            return File.Exists(Path.Combine(elsewhere, Path.GetFileName(mark.Name)));
        }
        finally
        {
            File.Delete(mark.Name);
        }
    }

    // The lock is kept over the rename, so that no sweep can come between.
    private static void Rename(FileStream file, string destination, UnixFileMode? mode, bool onDisk)
    {
        if (mode is { } wanted && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, wanted);
        }

        file.Flush(flushToDisk: onDisk);
        File.Move(file.Name, destination, overwrite: true);
        if (onDisk)
        {
            _ = Posix.FlushFolder(Path.GetDirectoryName(destination)!); // where it can't be done, the start has said so
        }
    }
}
