namespace ImageBackend.Infrastructure.Files;

/// <summary>What came of a sweep.</summary>
/// <param name="Removed">Files and folders that are gone.</param>
/// <param name="Stuck">Those that could not be removed.</param>
/// <param name="Trouble">Why, of the first of them.</param>
public sealed record Swept(int Removed, int Stuck = 0, string? Trouble = null)
{
    public static readonly Swept Nothing = new(0);

    public static Swept operator +(Swept left, Swept right) => left.Add(right);

    public Swept Add(Swept other) => new(Removed + other.Removed, Stuck + other.Stuck, Trouble ?? other.Trouble);

    /// <summary>Sweeps one thing after the other: one that can't be removed keeps no other.</summary>
    /// <param name="paths">May fail: then that is the trouble.</param>
    /// <param name="remove">Returns whether it removed it.</param>
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
            return Nothing; // another sweep is ahead, or its owner has just ended it
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return new Swept(0, 1, exception.Message);
        }
    }
}
