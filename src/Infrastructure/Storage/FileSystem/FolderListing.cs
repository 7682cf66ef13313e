using System.IO.Enumeration;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Reads one page of a folder's images. A folder gives its names in no order: each page is a selection from all of them.</summary>
internal sealed class FolderListing(string folder, ListPage page)
{
    // A look at the token costs more than a name.
    private const int NamesBetweenLooks = 1024;

    private static readonly EnumerationOptions AllNames = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly PageSelection _selection = new(page);

    public ListedPage Read(CancellationToken cancellationToken)
    {
        int names = 0;
        FileSystemEnumerable<bool> all = new(folder, (ref FileSystemEntry _) => true, AllNames)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            {
                if (++names % NamesBetweenLooks == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                Consider(ref entry);
                return false;
            },
        };
        using (IEnumerator<bool> nothing = all.GetEnumerator())
        {
            nothing.MoveNext();
        }

        (IReadOnlyList<ImageKey> keys, ListPosition? next) = _selection.Take();
        return new ListedPage([.. keys.Select(GroupOf).OfType<ListedGroup>()], next);
    }

    // Hardly any name gets past the first question, which needs no text of its own and no look at the file.
    private void Consider(ref FileSystemEntry entry)
    {
        DateTimeOffset? time = page.Order == ListOrder.Newest ? ImageKey.MintedAtOf(entry.FileName) : DateTimeOffset.MinValue;
        if (time is { } known && !_selection.Reaches(entry.FileName, known))
        {
            return;
        }

        if (entry.IsDirectory || !ImageKey.TryParse(entry.FileName.ToString(), out ImageKey? key) || !page.IsWanted(key))
        {
            return;
        }

        time ??= ListPosition.TimeOf(key, entry.LastWriteTimeUtc);
        if (_selection.Reaches(entry.FileName, time.Value))
        {
            _selection.Pick(key, time.Value);
        }
    }

    // Null: it was removed meanwhile.
    private ListedGroup? GroupOf(ImageKey key)
    {
        FileInfo file = FileOf(key);
        return FileLook.IsThere(file) ? new ListedGroup(Listed(key, file), [.. page.KeysWith(key).Select(Find).OfType<ListedImage>()]) : null;
    }

    // Most of what may belong to an image does not exist: to make sure of each would cost an exception. The folder has just been read.
    private ListedImage? Find(ImageKey key) => FileOf(key) is { Exists: true } file ? Listed(key, file) : null;

    private FileInfo FileOf(ImageKey key) => new(Path.Combine(folder, key.ToString()));

    private static ListedImage Listed(ImageKey key, FileInfo file) => new(key, file.Length, file.LastWriteTimeUtc);
}
