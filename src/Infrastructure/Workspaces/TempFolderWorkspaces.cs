using System.Buffers;
using System.Collections.Concurrent;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Workspaces;

/// <summary>
/// Workspaces as folders under TEMP_FOLDER. Each holds an open file, locked if possible, and has its maker's mark in its name. A sweep uses
/// both to tell workspaces in use from leftovers.
/// </summary>
internal sealed class TempFolderWorkspaces(DirectoryInfo tempFolder) : IWorkspaces
{
    internal const string StorageName = "temp";

    // Prefix of our folders, so that a sweep leaves alone what others keep in the same place.
    private const string Prefix = "workspace-";
    private const string LockName = ".lock";

    // More are left to the next start.
    private const int MostLeft = 10_000;

    // Folders that could not be removed while the disk did not work. No sweep removes them while this process runs.
    private readonly ConcurrentQueue<string> _left = new();

    public IWorkspace Open()
    {
        string? folder = null;
        try
        {
            FileStream held = HeldFile.Create(() =>
            {
                if (folder is not null && Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true); // a sweep locked its file while it was being made
                }

                folder = Path.Combine(tempFolder.FullName, Prefix + MakerMark.Draw());
                Directory.CreateDirectory(folder);
                return Path.Combine(folder, LockName);
            });
            RemoveLeft();
            return new Workspace(Path.GetDirectoryName(held.Name)!, held, this);
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            Remove(folder); // there was room for it, but not for the file in it
            throw DiskFaults.Of(StorageName, exception);
        }
    }

    /// <summary>Removes the workspaces of processes that are gone; those of running ones stay.</summary>
    public Swept Sweep() => !tempFolder.Exists
        ? Swept.Nothing
        : Swept.All(() => Directory.EnumerateDirectories(tempFolder.FullName, Prefix + "*").Where(IsOurs), TryRemove) + Leftovers.SweepPartialFiles(tempFolder.FullName);

    private static string DrawnOf(string folder) => Path.GetFileName(folder)[Prefix.Length..];

    // Folders have no mark if the system does not identify processes, or if an older version made them.
    private static bool IsOurs(string folder) => MakerMark.TryParse(DrawnOf(folder), out _) || Guid.TryParseExact(DrawnOf(folder), "N", out _);

    /// <summary>Removes a folder, at the latest when the disk works again: no answer may depend on that.</summary>
    private void Remove(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else removed it, or another disk is in its place.
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            if (_left.Count < MostLeft)
            {
                _left.Enqueue(folder!);
            }
        }
    }

    private void RemoveLeft()
    {
        for (int i = _left.Count; i > 0 && _left.TryDequeue(out string? folder); i--)
        {
            Remove(folder);
        }
    }

    private bool TryRemove(string folder)
    {
        string lockPath = Path.Combine(folder, LockName);
        // No lock: it was interrupted before the lock was made or during its removal, since nothing is put into a folder without a lock.
        using FileStream? held = File.Exists(lockPath) ? HeldFile.TryTake(lockPath) : null;
        if ((held is null && File.Exists(lockPath)) || !Leftovers.IsOne(DrawnOf(folder), WrittenAt(folder), tempFolder.FullName))
        {
            return false;
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    private static DateTime WrittenAt(string folder) =>
        Directory.EnumerateFiles(folder).Select(File.GetLastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();

    private sealed class Workspace(string folder, FileStream held, TempFolderWorkspaces all) : IWorkspace
    {
        // For each upload in progress, however slow.
        private const int ReceiveBytes = 16 * 1024;

        public string PathOf(string name) => Path.Combine(folder, name);

        public async Task<long> ReceiveAsync(string name, Stream content, long maxBytes, CancellationToken cancellationToken)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
            try
            {
                await using FileStream file = Guard(() =>
                    new FileStream(PathOf(name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous));
                long total = 0;
                int read;
                // A socket yields a few kilobytes at a time; they are collected and written a buffer at a time.
                while (total <= maxBytes
                    && (read = await content.ReadAtLeastAsync(buffer.AsMemory(0, UpToOnePast(maxBytes - total)), UpToOnePast(maxBytes - total), throwOnEndOfStream: false, cancellationToken)) > 0)
                {
                    total += read;
                    try
                    {
                        await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    }
                    catch (IOException exception)
                    {
                        throw DiskFaults.Of(StorageName, exception);
                    }
                }

                return total;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        public Stream OpenRead(string name) => Guard(() => new StoredFile(StorageName, PathOf(name), FileShare.Read));

        public void Dispose()
        {
            all.Remove(folder);
            held.Dispose();
        }

        private static int UpToOnePast(long bytesLeft) => (int)Math.Min(ReceiveBytes, bytesLeft + 1);

        private static FileStream Guard(Func<FileStream> open)
        {
            try
            {
                return open();
            }
            catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
            {
                throw DiskFaults.Of(StorageName, exception);
            }
        }
    }
}
