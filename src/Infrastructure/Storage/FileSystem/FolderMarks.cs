using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Marks as small files in the hidden folder <c>.marks</c> of the incoming folder, with one folder for each kind.</summary>
internal sealed class FolderMarks(string name, DirectoryInfo root) : IImageMarks
{
    public const string Name = ".marks";

    private static readonly MarkKind[] Kinds = Enum.GetValues<MarkKind>();

    public Task<ImageMark?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) => Guard(() =>
    {
        try
        {
            using FileStream file = File.OpenRead(PathOf(kind, key));
            using StreamReader reader = new(file);
            return (ImageMark?)new ImageMark(reader.ReadToEnd(), new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle), TimeSpan.Zero));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            ShouldBeThere();
            return null;
        }
    }, cancellationToken);

    public Task SetAsync(MarkKind kind, ImageKey key, string text, CancellationToken cancellationToken) => Guard(() =>
    {
        ShouldBeThere();
        string folder = Directory.CreateDirectory(FolderOf(kind)).FullName;
        using FileStream file = HeldFile.Create(() => PartialFile.Draw(folder));
        PartialFile.Complete(file, PathOf(kind, key), mode: null, onDisk: true, () => file.Write(System.Text.Encoding.ASCII.GetBytes(text)));
        return true;
    }, cancellationToken);

    public Task RemoveAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) => Guard(() =>
    {
        try
        {
            File.Delete(PathOf(kind, key));
        }
        catch (DirectoryNotFoundException)
        {
            ShouldBeThere();
        }

        return true;
    }, cancellationToken);

    public async IAsyncEnumerable<ListedMark> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (MarkKind kind in Kinds)
        {
            // There are few: they are removed as they grow old.
            foreach (ListedMark mark in await Guard(() => List(kind), cancellationToken))
            {
                yield return mark;
            }
        }
    }

    /// <summary>Removes what a crash left half-written; files that are still being written stay.</summary>
    public Swept Sweep() => Kinds.Select(FolderOf).Where(Directory.Exists).Aggregate(Swept.Nothing, (all, folder) => all + Leftovers.SweepPartialFiles(folder));

    private List<ListedMark> List(MarkKind kind)
    {
        List<ListedMark> marks = [];
        try
        {
            foreach (FileInfo file in new DirectoryInfo(FolderOf(kind)).EnumerateFiles())
            {
                if (ImageKey.TryParse(file.Name, out ImageKey? key) && FileLook.IsThere(file)) // not removed meanwhile
                {
                    marks.Add(new ListedMark(kind, key, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero)));
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            ShouldBeThere(); // no mark of this kind was ever set
        }

        return marks;
    }

    private string FolderOf(MarkKind kind) => Path.Combine(root.FullName, Name, kind.ToString().ToLowerInvariant());

    private string PathOf(MarkKind kind, ImageKey key) => Path.Combine(FolderOf(kind), key.ToString());

    // "None" may only be said of a folder that exists, and nothing is written in place of a lost mount.
    private void ShouldBeThere()
    {
        if (!Directory.Exists(root.FullName))
        {
            throw new StorageException(name, "its folder is missing.");
        }
    }

    private Task<T> Guard<T>(Func<T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(name, exception);
        }
    }
}
