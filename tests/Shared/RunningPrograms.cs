using System.Globalization;

namespace ImageBackend.Testing;

/// <summary>The programs that run on this machine at the moment (Linux).</summary>
internal static class RunningPrograms
{
    /// <param name="arguments">Part of the command line, in which every argument ends with a zero byte.</param>
    /// <returns>Their process ids; not of those that ended while we looked.</returns>
    public static int[] With(string arguments) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let name = Path.GetFileName(folder)
           where int.TryParse(name, CultureInfo.InvariantCulture, out _) && TextOf(Path.Combine(folder, "cmdline"))?.Contains(arguments, StringComparison.Ordinal) is true
           select int.Parse(name, CultureInfo.InvariantCulture),
    ];

    /// <param name="process">Its process id.</param>
    /// <param name="file">One that proc(5) has for a thread: <c>stat</c>, <c>children</c>.</param>
    /// <returns>The text of that file for each of its threads; not of those that ended while we looked.</returns>
    public static string[] OfThreads(int process, string file) =>
    [
        .. from folder in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task"))
           let text = TextOf(Path.Combine(folder, file))
           where text is not null
           select text,
    ];

    // Null if the process or thread has just ended.
    private static string? TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
