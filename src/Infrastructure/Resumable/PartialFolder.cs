using System.Text.Json;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Resumable;

/// <summary>The files of partial uploads: of each its bytes, which are locked while it is held, and its record. It exists if both are there.</summary>
/// <remarks>Faults of the disk pass through.</remarks>
internal sealed class PartialFolder(DirectoryInfo tempFolder)
{
    private const string Name = "partial";
    private const string OfBytes = ".bytes";
    private const string OfRecord = ".json";

    private const int WouldBlock = 11; // EWOULDBLOCK: .NET keeps the system's number

    // Whoever knows an id may read its answer and write to it.
    private const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path = Path.Combine(tempFolder.FullName, Name);

    /// <returns>A new file for bytes, locked; the caller disposes it.</returns>
    public FileStream Create(string id)
    {
        if (!Directory.Exists(_path))
        {
            MakeFolder();
        }

        return new FileStream(PathOf(id, OfBytes), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <returns>The file of bytes, locked, and the record; null if it does not exist.</returns>
    /// <exception cref="PartialUploadHeldException">Somebody else holds it.</exception>
    public (FileStream Bytes, PartialRecord Record)? Open(string id)
    {
        if (TryLock(id) is not { } bytes)
        {
            return null;
        }

        try
        {
            // After the lock: before, somebody else may have changed or removed it.
            if (Read(id) is { } record)
            {
                return (bytes, record);
            }
        }
        catch
        {
            bytes.Dispose();
            throw;
        }

        bytes.Dispose();
        return null;
    }

    /// <returns>Null if there is none, or if it can't be understood.</returns>
    public PartialRecord? Read(string id)
    {
        try
        {
            using FileStream file = File.OpenRead(PathOf(id, OfRecord));
            return JsonSerializer.Deserialize<PartialRecord>(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the record; afterwards the new one is on disk, and so is the name of the file of bytes.</summary>
    public async Task SaveAsync(string id, PartialRecord record)
    {
        await using FileStream file = HeldFile.Create(() => PartialFile.Draw(_path));
        await PartialFile.CompleteAsync(file, PathOf(id, OfRecord), mode: null, () => JsonSerializer.SerializeAsync(file, record));
    }

    // The record first: what has none does not exist.
    public void Remove(string id)
    {
        File.Delete(PathOf(id, OfRecord));
        File.Delete(PathOf(id, OfBytes));
    }

    /// <returns>The id of every upload, with the bytes that it takes and when they were written.</returns>
    public IEnumerable<(string Id, long Bytes, DateTimeOffset WrittenAt)> List() => !Directory.Exists(_path) ? [] :
        from file in new DirectoryInfo(_path).EnumerateFiles("*" + OfBytes)
        where file.Exists
        select (Path.GetFileNameWithoutExtension(file.Name), file.Length, new DateTimeOffset(file.LastWriteTimeUtc));

    /// <summary>Removes what a crash left half-written beside them.</summary>
    public Swept SweepPartialFiles() => Directory.Exists(_path) ? Leftovers.SweepPartialFiles(_path) : Swept.Nothing;

    /// <exception cref="PartialUploadHeldException">Somebody else holds it.</exception>
    private FileStream? TryLock(string id)
    {
        try
        {
            return new FileStream(PathOf(id, OfBytes), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException exception) when (exception.HResult == WouldBlock)
        {
            throw new PartialUploadHeldException();
        }
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_path);
            return;
        }

        Directory.CreateDirectory(_path, ForOwner);
        _ = Posix.FlushFolder(tempFolder.FullName);
    }

    private string PathOf(string id, string end) => Path.Combine(_path, id + end);
}

/// <summary>Another request or process holds a partial upload.</summary>
public sealed class PartialUploadHeldException() : Exception("The upload is in use.");
