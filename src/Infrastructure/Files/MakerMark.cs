using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBackend.Infrastructure.Files;

/// <summary>The process that made a temporary file, as recorded in the file's name.</summary>
/// <param name="Boot">The kernel's boot ID: differs between hosts, and between restarts of one.</param>
/// <param name="Space">The namespace in which process numbers are valid: each container has its own.</param>
/// <param name="Start">When the process began, in ticks since the boot: its number alone is reused later.</param>
internal sealed partial record MakerMark(string Boot, string Space, int Process, string Start)
{
    private const int BootLetters = 12;
    private const int StartField = 19; // counted from behind the name, which may contain blanks and brackets

    /// <summary>Null if the system does not say (it has no /proc).</summary>
    public static MakerMark? Own { get; } = OfThisProcess();

    /// <returns>A text unique to one file, beginning with this process's mark.</returns>
    public static string Draw() => Own is null ? $"{Guid.NewGuid():N}" : $"{Own}-{Guid.NewGuid():N}";

    /// <param name="drawn">What <see cref="Draw"/> returned, in this or another process.</param>
    /// <returns>Also false for what was drawn on a system that does not identify processes.</returns>
    public static bool TryParse(string drawn, [NotNullWhen(true)] out MakerMark? mark)
    {
        mark = Grammar().Match(drawn) is { Success: true } match
            && int.TryParse(match.Groups["process"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            ? new MakerMark(match.Groups["boot"].Value, match.Groups["space"].Value, process, match.Groups["start"].Value)
            : null;
        return mark is not null;
    }

    public bool IsOfThisHost => Boot == Own?.Boot;

    /// <returns>
    /// Whether the process is running; null if that can't be seen from here, because it is on another host or in another container.
    /// </returns>
    public bool? IsThere() => IsOfThisHost && Space == Own?.Space ? StartOf(Process) == Start : null;

    public override string ToString() => $"{Boot}-{Space}-{Process.ToString(CultureInfo.InvariantCulture)}-{Start}";

    private static MakerMark? OfThisProcess()
    {
        try
        {
            string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Replace("-", "", StringComparison.Ordinal)[..BootLetters];
            string? space = new FileInfo("/proc/self/ns/pid").LinkTarget; // pid:[4026531836]
            return space is not null && StartOf(Environment.ProcessId) is { } start
                ? new MakerMark(boot, NotDigits().Replace(space, ""), Environment.ProcessId, start)
                : null;
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return null;
        }
    }

    private static string? StartOf(int process)
    {
        try
        {
            string facts = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            string[] fields = facts[(facts.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[StartField]; // a zombie: ended, but not yet reaped
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A(?<boot>[0-9a-f]{12})-(?<space>[0-9]{1,20})-(?<process>[0-9]{1,10})-(?<start>[0-9]{1,20})-[0-9a-f]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    [GeneratedRegex("[^0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex NotDigits();
}
