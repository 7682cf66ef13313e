namespace ImageBackend.Infrastructure.Files;

/// <summary>A file that is written beside its destination and takes its name once it is complete and on disk.</summary>
internal static class PartialFile
{
    /// <summary>
    /// How its name begins, before what <see cref="MakerMark.Draw"/> returned. With the dot, it is never the name of an image.
    /// </summary>
    public const string Prefix = ".partial-";

    // Between what was drawn and what the file is of; in neither of them.
    private const char Of = '~';

    // With what is drawn, within the 255 bytes of a name. Keys of our own have a third of that; those of older sites may be longer.
    private const int MaxOf = 100;

    /// <param name="of">What it becomes or is about, for whoever finds it after a crash. Left out if it is too long.</param>
    public static string Draw(string folder, string? of = null) => Path.Combine(folder, Prefix + MakerMark.Draw() + (of?.Length <= MaxOf ? Of + of : ""));

    /// <returns>What <see cref="MakerMark.Draw"/> returned, and what the file is of; null: that is not known.</returns>
    public static (string Drawn, string? Of) Parse(string path) => Path.GetFileName(path)[Prefix.Length..].Split(Of, 2) switch
    {
        [var drawn, var of] => (drawn, of),
        [var drawn, ..] => (drawn, null),
        [] => ("", null),
    };

    /// <summary>Writes the file and renames it; on failure, removes the partial file.</summary>
    /// <param name="mode">Null: as created, by the umask.</param>
    /// <param name="onDisk">Whether it must survive a power cut once this returns.</param>
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

    /// <summary>
    /// Writes the file, flushes it to disk, renames it, and flushes the folder to disk; on failure, removes the partial file.
    /// </summary>
    /// <param name="mode">Null: as created, by the umask.</param>
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

    /// <returns>Whether a file made in one folder is visible in the other: then they are the same, whatever their names.</returns>
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

    // The lock is held across the rename, so that no sweep can come between.
    private static void Rename(FileStream file, string destination, UnixFileMode? mode, bool onDisk)
    {
        if (mode is { } wanted && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, wanted);
        }

        if (onDisk)
        {
            Posix.FlushFile(file);
        }

        File.Move(file.Name, destination, overwrite: true);
        if (onDisk)
        {
            _ = Posix.FlushFolder(Path.GetDirectoryName(destination)!); // if this is impossible, a warning was logged at start
        }
    }
}
