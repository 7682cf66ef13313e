using System.IO.Enumeration;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Reads one page of a folder's images. A folder gives its names in no order: each page is a selection from all of them.</summary>
internal sealed class FolderListing(string folder, ListPage page)
{
    private const int BufferBytes = 256 * 1024;

    // A look at the token costs more than a name.
    private const int NamesBetweenLooks = 1024;

    private static readonly EnumerationOptions AllNames = new() { AttributesToSkip = 0, BufferSize = BufferBytes, IgnoreInaccessible = false };

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
    private ListedGroup? GroupOf(ImageKey key) => Look(key) is { } found ? new ListedGroup(found, [.. page.KeysWith(key).Select(Look).OfType<ListedImage>()]) : null;

    private ListedImage? Look(ImageKey key)
    {
        FileInfo file = new(Path.Combine(folder, key.ToString()));
        return FileLook.IsThere(file) ? new ListedImage(key, file.Length, file.LastWriteTimeUtc) : null;
    }
}
