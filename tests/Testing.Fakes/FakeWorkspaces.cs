using System.Collections.Concurrent;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Testing;

/// <summary>Workspaces as real folders in a private temp folder.</summary>
public sealed class FakeWorkspaces : IWorkspaces, IDisposable
{
    private readonly TestFolder _temp = new();
    private readonly ConcurrentBag<FileStream> _opened = [];
    private int _count;

    /// <summary>While set, nothing can be written: the temp folder is full.</summary>
    public bool IsFull { get; set; }

    /// <summary>Every file and folder that is still there.</summary>
    public IReadOnlyList<string> Leftovers => _temp.Entries;

    /// <summary>Files that were opened for reading and not closed.</summary>
    public IReadOnlyList<string> OpenFiles => [.. _opened.Where(file => file.CanRead).Select(file => Path.GetFileName(file.Name))];

    /// <summary>How many workspaces were given out so far.</summary>
    public int Count => _count;

    public IWorkspace Open()
    {
        Interlocked.Increment(ref _count);
        return new Workspace(this, _temp.CreateFolder(Guid.NewGuid().ToString("N")).FullName);
    }

    public void Dispose() => _temp.Dispose();

    private sealed class Workspace(FakeWorkspaces owner, string folder) : IWorkspace
    {
        public string PathOf(string name) => Path.Combine(folder, name);

        public async Task<long> ReceiveAsync(string name, Stream content, long maxBytes, CancellationToken cancellationToken)
        {
            await using FileStream file = new(PathOf(name), FileMode.Create);
            byte[] buffer = new byte[64];
            long total = 0;
            int read;
            while (total <= maxBytes
                && (read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, maxBytes - total + 1)), cancellationToken)) > 0)
            {
                if (owner.IsFull)
                {
                    throw new StorageException("temp", "the disk does not work.", isFull: true);
                }

                total += read;
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return total;
        }

        public Stream OpenRead(string name)
        {
            FileStream file = new(PathOf(name), FileMode.Open, FileAccess.Read);
            owner._opened.Add(file);
            return file;
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
