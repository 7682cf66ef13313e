using System.Diagnostics;
using System.Globalization;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Disks;

/// <summary>An in-memory disk of one folder, which a test fills up, write-protects or locks, and mends again.</summary>
internal sealed class LimitedDisk : IDisposable
{
    private const string Roomy = "size=64m,nr_inodes=10000";
    private const int PageBytes = 4096;
    private const string Filler = ".filler";

    private readonly uint _owner;

    /// <param name="path">An existing folder.</param>
    /// <param name="owner">The user who may write there.</param>
    public LimitedDisk(string path, uint owner)
    {
        (Path, _owner) = (path, owner);
        Mount();
    }

    public string Path { get; }

    private bool IsProtected { get; set; }

    /// <returns>Everything that is in it, except what this class keeps there.</returns>
    public IReadOnlyList<string> Everything() =>
    [
        .. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(entry => System.IO.Path.GetRelativePath(Path, entry))
            .Where(entry => entry != Filler).Order(StringComparer.Ordinal),
    ];

    /// <summary>From now on so many bytes fit in.</summary>
    public void LeaveRoomFor(long bytes)
    {
        DriveInfo disk = new(Path);
        Remount($"size={(disk.TotalSize - disk.TotalFreeSpace + bytes).ToString(CultureInfo.InvariantCulture)}");
    }

    public void Break(DiskFault fault)
    {
        switch (fault)
        {
            case DiskFault.Full:
                LeaveRoomFor(0);
                break;
            case DiskFault.OutOfInodes:
                LeaveInodes(0);
                break;
            case DiskFault.OneInodeLeft:
                LeaveInodes(1);
                break;
            case DiskFault.ReadOnly:
                // A mount of its own: files that are open for writing would keep the disk itself from being protected.
                SmallDisk.Run("mount", "--bind", Path, Path);
                IsProtected = true;
                SmallDisk.Run("mount", "-o", "remount,bind,ro", Path);
                break;
            case DiskFault.Locked:
                SmallDisk.Run("chmod", "000", Path);
                break;
            case DiskFault.NotSearchable:
                SmallDisk.Run("chmod", "444", Path);
                break;
            case DiskFault.NotWritable:
                SmallDisk.Run("chmod", "555", Path);
                break;
            case DiskFault.OfAnother:
                SmallDisk.Run("chown", "root:root", Path);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    /// <summary>Another disk takes its place, and what was here is gone.</summary>
    public void Exchange()
    {
        SmallDisk.Run("umount", "--lazy", Path);
        Mount();
    }

    /// <summary>As an operator does it, while the service runs.</summary>
    public void Mend()
    {
        if (IsProtected)
        {
            SmallDisk.Run("umount", "--lazy", Path);
            IsProtected = false;
        }

        Remount(Roomy);
        SmallDisk.Run("chown", $"{_owner}:{_owner}", Path);
        SmallDisk.Run("chmod", "755", Path);
    }

    public void Dispose()
    {
        if (IsProtected)
        {
            SmallDisk.Run("umount", "--lazy", Path);
        }

        SmallDisk.Run("umount", "--lazy", Path);
    }

    private void Mount()
    {
        SmallDisk.Run("mount", "-t", "tmpfs", "-o", $"{Roomy},uid={_owner},gid={_owner},mode=755", "tmpfs", Path);
        // A limit of no bytes would mean none.
        File.WriteAllBytes(System.IO.Path.Combine(Path, Filler), new byte[PageBytes]);
    }

    private void Remount(string options) => SmallDisk.Run("mount", "-o", $"remount,{options}", Path);

    private void LeaveInodes(int count)
    {
        using Process stat = Process.Start(new ProcessStartInfo("stat", ["-f", "-c", "%c %d", Path]) { RedirectStandardOutput = true })!;
        long[] totalAndFree = [.. stat.StandardOutput.ReadToEnd().Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        Remount($"nr_inodes={(totalAndFree[0] - totalAndFree[1] + count).ToString(CultureInfo.InvariantCulture)}");
    }
}

public enum DiskFault
{
    Full,

    /// <summary>There is room, but not for another file.</summary>
    OutOfInodes,

    /// <summary>There is room for another file or folder, but only one.</summary>
    OneInodeLeft,
    ReadOnly,

    /// <summary>Nobody may list, enter or write the folder.</summary>
    Locked,

    /// <summary>The names can be listed, but nothing can be looked at.</summary>
    NotSearchable,
    NotWritable,

    /// <summary>Somebody else owns the folder.</summary>
    OfAnother,
}
