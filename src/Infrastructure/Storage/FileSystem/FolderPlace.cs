using System.Globalization;
using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Where a folder really is, whatever links and mounts its name leads through.</summary>
internal sealed partial class FolderPlace
{
    private const string Mounts = "/proc/self/mountinfo";

    private readonly string _path;
    private readonly string? _onDisk;
    private readonly FileFacts? _facts;

    private FolderPlace(string path, string? onDisk, FileFacts? facts) => (_path, _onDisk, _facts) = (path, onDisk, facts);

    /// <returns>Null if the folder does not exist or can't be opened.</returns>
    public static FolderPlace? TryFind(string path)
    {
        try
        {
            string real = WithSlash(OperatingSystem.IsLinux() ? Posix.RealPathOf(path) : Path.GetFullPath(path));
            return new FolderPlace(real, File.Exists(Mounts) ? OnDisk(real) : null, Posix.Look(path));
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            return null;
        }
    }

    public bool IsSameAs(FolderPlace other) =>
        _path == other._path || (_facts is not null && _facts == other._facts) || (_onDisk is not null && _onDisk == other._onDisk);

    /// <summary>Whether it is somewhere below another, by its path or by what is mounted.</summary>
    public bool IsInside(FolderPlace other) => !IsSameAs(other)
        && (_path.StartsWith(other._path, StringComparison.Ordinal)
            || (_onDisk is not null && other._onDisk is not null && _onDisk.StartsWith(other._onDisk, StringComparison.Ordinal)));

    /// <returns>The device and the path on it, which are the same for all its mounts.</returns>
    private static string? OnDisk(string real)
    {
        // If several mounts cover each other, the last one counts.
        (string Device, string Root, string Point)? found = null;
        foreach (string line in File.ReadLines(Mounts))
        {
            string[] fields = line.Split(' ', 6);
            if (fields.Length == 6 && WithSlash(Unescape(fields[4])) is { } point && real.StartsWith(point, StringComparison.Ordinal)
                && point.Length >= (found?.Point.Length ?? 0))
            {
                found = (fields[2], WithSlash(Unescape(fields[3])), point);
            }
        }

        return found is { } mount ? $"{mount.Device} {mount.Root}{real[mount.Point.Length..]}" : null;
    }

    private static string WithSlash(string path) => path.EndsWith('/') ? path : path + '/';

    // The file writes blanks and the like as \040.
    private static string Unescape(string text) => Escape().Replace(text, match => ((char)Convert.ToInt32(match.ValueSpan[1..].ToString(), 8)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\\[0-7]{3}", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
