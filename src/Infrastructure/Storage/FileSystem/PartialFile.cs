namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>A file that is written beside its destination and takes its name when it is whole and on disk.</summary>
internal static class PartialFile
{
    // A dot: never the name of an image.
    private const string Prefix = ".partial-";

    public static string Draw(string folder) => Path.Combine(folder, Prefix + Guid.NewGuid().ToString("N"));

    /// <summary>Writes the file and renames it; on a failure the partial file is removed.</summary>
    /// <param name="onDisk">Whether it must outlive a power cut once this returns.</param>
    public static void Complete(FileStream file, string destination, bool onDisk, Action write)
    {
        try
        {
            write();
            Rename(file, destination, onDisk);
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }

    /// <summary>Writes the file, puts it on disk, renames it and puts the folder on disk; on a failure the partial file is removed.</summary>
    public static async Task CompleteAsync(FileStream file, string destination, Func<Task> write)
    {
        try
        {
            await write();
            Rename(file, destination, onDisk: true);
        }
        catch
        {
            File.Delete(file.Name);
            throw;
        }
    }

    /// <summary>Removes what a crash left half-written in a folder; files that a process still holds stay.</summary>
    /// <returns>How many were removed.</returns>
    public static int Sweep(string folder)
    {
        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*"))
        {
            using FileStream? file = HeldFile.TryTake(path);
            if (file is not null)
            {
                File.Delete(path);
                removed++;
            }
        }

        return removed;
    }

    // The lock is kept over the rename, so that no sweep can come between.
    private static void Rename(FileStream file, string destination, bool onDisk)
    {
        file.Flush(flushToDisk: onDisk);
        File.Move(file.Name, destination, overwrite: true);
        if (onDisk)
        {
            Posix.FlushFolder(Path.GetDirectoryName(destination)!);
        }
    }
}
