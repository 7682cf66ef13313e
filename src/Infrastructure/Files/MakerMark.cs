using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBackend.Infrastructure.Files;

/// <summary>Which process made a file that is not meant to stay, as it stands in the file's name.</summary>
/// <param name="Boot">Of the kernel: tells hosts apart, and the times between restarts of one.</param>
/// <param name="Space">In which process numbers have their meaning: each container has one of its own.</param>
/// <param name="Start">When the process began, in ticks since the boot: its number alone is given to others later.</param>
internal sealed partial record MakerMark(string Boot, string Space, int Process, string Start)
{
    private const int BootLetters = 12;
    private const int StartField = 19; // behind the name, which may have blanks and brackets in it

    /// <summary>Null where the system does not tell (it has no /proc).</summary>
    public static MakerMark? Own { get; } = OfThisProcess();

    /// <returns>A text that no other file has, with this process' mark in front.</returns>
    public static string Draw() => Own is null ? $"{Guid.NewGuid():N}" : $"{Own}-{Guid.NewGuid():N}";

    /// <param name="drawn">What <see cref="Draw"/> gave, of this or another process.</param>
    /// <returns>False too for what was drawn where the system does not tell.</returns>
    public static bool TryParse(string drawn, [NotNullWhen(true)] out MakerMark? mark)
    {
        mark = Grammar().Match(drawn) is { Success: true } match
            && int.TryParse(match.Groups["process"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            ? new MakerMark(match.Groups["boot"].Value, match.Groups["space"].Value, process, match.Groups["start"].Value)
            : null;
        return mark is not null;
    }

    public bool IsOfThisHost => Boot == Own?.Boot;

    /// <returns>Whether the process is there; null when that can't be seen from here: it is of another host or container.</returns>
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
            return fields[0] is "Z" or "X" ? null : fields[StartField]; // ended, only not yet buried
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
