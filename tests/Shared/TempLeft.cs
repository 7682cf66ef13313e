namespace ImageBackend.Testing;

/// <summary>What is left in a temp folder while a service runs.</summary>
internal static class TempLeft
{
    /// <returns>Everything except the folders of workers, which contain only a lock between jobs.</returns>
    public static IEnumerable<string> In(string temp) => Directory.EnumerateFileSystemEntries(temp).Where(entry => File.Exists(entry) || HoldsMore(entry));

    private static bool HoldsMore(string folder)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Any(inside => Path.GetFileName(inside) != ".lock");
        }
        catch (DirectoryNotFoundException)
        {
            return false; // a job has just ended
        }
    }
}
