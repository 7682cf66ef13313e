namespace ImageBackend.Infrastructure.Files;

/// <summary>The result of a sweep.</summary>
/// <param name="Removed">Number of files and folders removed.</param>
/// <param name="Stuck">Number of those that could not be removed.</param>
/// <param name="Trouble">Why the first of them could not be removed.</param>
public sealed record Swept(int Removed, int Stuck = 0, string? Trouble = null)
{
    public static readonly Swept Nothing = new(0);

    public static Swept operator +(Swept left, Swept right) => left.Add(right);

    public Swept Add(Swept other) => new(Removed + other.Removed, Stuck + other.Stuck, Trouble ?? other.Trouble);

    /// <summary>Sweeps one path after another: one that can't be removed does not stop the others.</summary>
    /// <param name="paths">May throw; its message becomes the trouble.</param>
    /// <param name="remove">Returns whether it removed the path.</param>
    internal static Swept All(Func<IEnumerable<string>> paths, Func<string, bool> remove)
    {
        Swept swept = Nothing;
        try
        {
            foreach (string path in paths())
            {
                swept += One(path, remove);
            }
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            swept += new Swept(0, 1, exception.Message); // the folder itself can't be read
        }

        return swept;
    }

    private static Swept One(string path, Func<string, bool> remove)
    {
        try
        {
            return remove(path) ? new Swept(1) : Nothing;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Nothing; // another sweep was faster, or its owner has just removed it
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return new Swept(0, 1, exception.Message);
        }
    }
}
