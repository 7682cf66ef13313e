namespace ImageBackend.Infrastructure.Files;

/// <summary>Looks for a file. Unlike <see cref="File.Exists(string)"/>, it does not report a file as missing if the system can't say.</summary>
internal static class FileLook
{
    /// <returns>Whether a file is there; false for a folder of that name.</returns>
    /// <exception cref="IOException">The file system does not answer, or has a fault.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder may not be entered.</exception>
    public static bool IsThere(string path) => IsThere(new FileInfo(path));

    /// <inheritdoc cref="IsThere(string)"/>
    /// <param name="file">What it knows of the file is used, and is the newest if it knew nothing before.</param>
    public static bool IsThere(FileInfo file)
    {
        if (file.Exists)
        {
            return true;
        }

        try
        {
            bool isFile = !File.GetAttributes(file.FullName).HasFlag(FileAttributes.Directory);
            // It may have come just now: then the caller asks for the length of a file that was not there at the first look.
            file.Refresh();
            return isFile && file.Exists;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }
}
