using System.Globalization;

namespace ImageBackend.Infrastructure.Imaging.Admission;

/// <summary>Finds how much memory this process may use. (.NET's own figure is 75 % of a container's limit.)</summary>
internal static class MachineMemory
{
    // Version 1 writes "none" as the largest multiple of a page.
    private const long Unlimited = 1L << 60;

    /// <param name="root">Root of the file system.</param>
    /// <returns>Bytes: the smallest limit of the control groups around this process (version 2 or 1); null: there is none.</returns>
    public static long? ContainerLimit(string root = "/")
    {
        string groups = Path.Combine(root, "proc/self/cgroup");
        if (!File.Exists(groups))
        {
            return null;
        }

        long?[] limits =
        [
            .. from line in File.ReadLines(groups)
               let fields = line.Split(':', 3)
               where fields.Length == 3
               from limit in fields[1] == "" ? LimitsOf(Path.Combine(root, "sys/fs/cgroup"), fields[2], "memory.max")
                   : fields[1].Split(',').Contains("memory") ? LimitsOf(Path.Combine(root, "sys/fs/cgroup/memory"), fields[2], "memory.limit_in_bytes")
                   : []
               select limit,
        ];
        return limits.Min();
    }

    /// <returns>The machine's memory in bytes, as the garbage collector sees it.</returns>
    public static long Total() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    // From the group up to the mount. In a container the path may be the host's, of which only the mount itself is visible.
    private static IEnumerable<long?> LimitsOf(string mount, string group, string file)
    {
        for (string? path = group.Trim('/'); path is not null; path = path.Length == 0 ? null : Path.GetDirectoryName(path))
        {
            string limit = Path.Combine(mount, path, file);
            if (File.Exists(limit) && long.TryParse(File.ReadAllText(limit).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                && bytes < Unlimited)
            {
                yield return bytes;
            }
        }
    }
}
