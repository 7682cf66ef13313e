namespace ImageBackend.Infrastructure.Files;

/// <summary>Files that a running process holds locked, if the file system has such locks; see <see cref="Leftovers"/>.</summary>
internal static class HeldFile
{
    // A sweep that opens the file between its creation and its lock removes it; then a new name is drawn.
    private const int Tries = 10;

    private const int WouldBlock = 11; // EWOULDBLOCK: .NET keeps the system's number

    /// <param name="drawPath">Gives another path each time.</param>
    /// <returns>A new file, open for writing and locked until it is disposed; others may read it.</returns>
    public static FileStream Create(Func<string> drawPath)
    {
        for (int i = 1; ; i++)
        {
            string path = drawPath();
            try
            {
                FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
                if (File.Exists(path))
                {
                    return file;
                }

                file.Dispose();
            }
            catch (IOException exception) when (i < Tries)
            {
                // The sweep may also have removed the folder that was drawn with it. If it has the file locked, the file was made but can't
                // be opened, and would stay.
                if (exception.HResult == WouldBlock)
                {
                    File.Delete(path);
                }
            }
        }
    }

    /// <summary>Locks a file that nobody holds.</summary>
    /// <returns>The lock, or null when the file is held, gone, or another user's.</returns>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return null;
        }
    }
}
