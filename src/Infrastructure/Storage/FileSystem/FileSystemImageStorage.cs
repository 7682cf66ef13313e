using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Images as plain files in one folder. A file is written under another name, flushed to disk, then renamed into place.</summary>
/// <param name="root">The folder. If it is missing, every call is a storage fault: a lost mount is not an empty storage.</param>
/// <param name="fileMode">Mode of each file; null: by the umask.</param>
internal sealed class FileSystemImageStorage(string name, DirectoryInfo root, UnixFileMode? fileMode = null) : IImageStorage, IStoragePlace, IAccessCheck
{
    private const int CopyBufferBytes = 128 * 1024;

    // When several write the same picture, each round lets at least one finish: five rounds were too few for eight writers.
    private const int Tries = 32;

    // Only a crash leaves the properties of other content beside a picture for longer.
    private const int Looks = 20;

    private readonly PropertiesFolder _properties = new(root.FullName, fileMode);

    public Task<StoredImage?> FindAsync(ImageKey key, CancellationToken cancellationToken) => Guard(() =>
    {
        for (int looks = 1; ; looks++)
        {
            FileInfo file = new(PathOf(key));
            if (!FileLook.IsThere(file))
            {
                return Task.FromResult(AbsentFrom<StoredImage>());
            }

            KeptProperties kept = _properties.Read(key);
            // The recipe is of other content, as between the two renames of a put: without it this would look like an older site's.
            if (looks == Looks || !kept.IsOfAnother(ETagOf(file.LastWriteTimeUtc, file.Length)))
            {
                return Task.FromResult<StoredImage?>(FactsOf(key, file.Length, file.LastWriteTimeUtc, kept));
            }
        }
    }, cancellationToken);

    public Task<OpenedImage> OpenReadAsync(ImageKey key, BytePart? part, CancellationToken cancellationToken) => Guard(() =>
    {
        // Read first, since a recipe is written last. A recipe that does not say which picture it describes (from an older version) may
        // then be an old one beside a new picture, which is stale; never the reverse, not even when this is copied elsewhere.
        KeptProperties properties = _properties.Read(key);
        try
        {
            // Others may replace or remove the file meanwhile; this reader keeps what it opened.
            StoredFile file = new(name, PathOf(key), FileShare.ReadWrite | FileShare.Delete);
            return Task.FromResult(new OpenedImage(FactsOf(key, file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle), properties), file));
        }
        catch (FileNotFoundException)
        {
            AbsentFrom<OpenedImage>();
            throw new ImageNotFoundException(key, name);
        }
    }, cancellationToken);

    public Task PutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken) => Guard(async () =>
    {
        long start = content.Position;
        // Picture and recipe are two files: if two writers write both at the same time, the later one puts its own pair there again.
        for (int tries = 1; !await TryPutAsync(key, content, properties, cancellationToken) && tries < Tries; tries++)
        {
            content.Position = start;
        }

        return true;
    }, cancellationToken);

    public async Task CopyFromAsync(IImageStorage source, ImageKey key, ImageProperties? properties, CancellationToken cancellationToken)
    {
        await using OpenedImage image = await source.OpenReadAsync(key, cancellationToken);
        await PutAsync(key, image.Content, (properties ?? image.Facts.Properties).For(image.Facts), cancellationToken);
    }

    public Task SetPropertiesAsync(ImageKey key, ImageProperties properties, CancellationToken cancellationToken) => Guard(() =>
    {
        FileInfo file = new(PathOf(key));
        if (FileLook.IsThere(file))
        {
            if (properties == ImageProperties.None)
            {
                _properties.Delete(key);
            }
            else
            {
                _properties.Write(key, properties.Of(ETagOf(file.LastWriteTimeUtc, file.Length)));
            }

            file.Refresh();
            if (FileLook.IsThere(file))
            {
                return Task.FromResult(true);
            }

            _properties.Delete(key); // it was removed meanwhile
        }

        AbsentFrom<StoredImage>();
        throw new ImageNotFoundException(key, name);
    }, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Whoever serves the folder decides all of this.</remarks>
    public Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken) => Task.FromResult(true);

    public async Task<StoredImage> VerifyCopyAsync(IImageStorage source, ImageKey key, CancellationToken cancellationToken)
    {
        await using OpenedImage original = await source.OpenReadAsync(key, cancellationToken);
        await using OpenedImage copy = await OpenReadAsync(key, part: null, cancellationToken);
        if (IdentityOf(original) is { } identity && identity == IdentityOf(copy))
        {
            throw new StorageException(name, $"{key} is the same file as its source, not a copy of it.");
        }

        if (original.Facts.Bytes != copy.Facts.Bytes || !await Guard(() => ContentEquals.CompareAsync(original.Content, copy.Content, cancellationToken), cancellationToken))
        {
            throw new StorageException(name, $"the copy of {key} differs from its source.");
        }

        return copy.Facts;
    }

    public async Task DeleteAllAsync(IReadOnlyList<ImageKey> keys, CancellationToken cancellationToken)
    {
        foreach (ImageKey key in keys)
        {
            await DeleteAsync(key, cancellationToken);
        }
    }

    private Task<bool> DeleteAsync(ImageKey key, CancellationToken cancellationToken) => Guard(() =>
    {
        string path = PathOf(key);
        // Somebody else may put the object there again meanwhile.
        _properties.DeleteWith(key, RemoveObject, () => ETagOf(key));
        return Task.FromResult(true);

        void RemoveObject()
        {
            if (FileLook.IsThere(path))
            {
                File.Delete(path);
                _ = Posix.FlushFolder(root.FullName);
            }
            else
            {
                AbsentFrom<StoredImage>();
            }
        }
    }, cancellationToken);

    public async IAsyncEnumerable<ListedImage> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask; // a folder is read without waiting; the port is for storages that page
        IEnumerator<FileInfo> files = await Guard(() => Task.FromResult(root.EnumerateFiles().GetEnumerator()), cancellationToken);
        using (files)
        {
            while (await TranslateAsync(() => Task.FromResult(files.MoveNext()), cancellationToken)) // not measured: there may be millions
            {
                FileInfo file = files.Current;
                if (ImageKey.TryParse(file.Name, out ImageKey? key) && FileLook.IsThere(file)) // not removed meanwhile
                {
                    yield return new ListedImage(key, file.Length, file.LastWriteTimeUtc);
                }
            }
        }
    }

    public IReadOnlyList<ListOrder> Orders { get; } = [ListOrder.Name, ListOrder.Newest];

    public Task<ListedPage> ListPageAsync(ListPage page, CancellationToken cancellationToken) =>
        Guard(() => Task.FromResult(new FolderListing(root.FullName, page).Read(cancellationToken)), cancellationToken);

    public Task<bool> IsSamePlaceAsync(IImageStorage other, CancellationToken cancellationToken) => Guard(
        () => Task.FromResult(other is FileSystemImageStorage folder
            && (PartialFile.IsSeenFrom(root.FullName, folder.Root) || PartialFile.IsSeenFrom(folder.Root, root.FullName))),
        cancellationToken);

    /// <summary>Removes what a crash left half-written or half-removed; what others are still writing stays.</summary>
    public Swept Sweep() => _properties.Sweep(ETagOf);

    /// <returns>What the file system can't do, for the operator; null: nothing.</returns>
    /// <exception cref="StorageException">The folder does not work.</exception>
    public string? Shortcoming()
    {
        try
        {
            return Posix.FlushFolder(root.FullName) ? null
                : $"The {name} folder's file system does not support fsync on a folder: images reported as stored may be lost in a power cut.";
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(name, exception);
        }
    }

    private string Root => root.FullName;

    private static FileFacts? IdentityOf(OpenedImage image) => image.Content is FileStream file ? Posix.Look(file.SafeFileHandle) : null;

    private string PathOf(ImageKey key) => Path.Combine(root.FullName, key.ToString());

    private string? ETagOf(ImageKey key) => new FileInfo(PathOf(key)) is var file && FileLook.IsThere(file) ? ETagOf(file.LastWriteTimeUtc, file.Length) : null;

    private static string ETagOf(DateTime writtenAt, long bytes) => $"{writtenAt.Ticks:x}-{bytes:x}";

    private static StoredImage FactsOf(ImageKey key, long bytes, DateTime writtenAt, KeptProperties properties)
    {
        string etag = ETagOf(writtenAt, bytes);
        return new StoredImage(key, bytes, new DateTimeOffset(writtenAt, TimeSpan.Zero), etag, properties.Of(writtenAt, etag));
    }

    /// <returns>Whether picture and recipe belong together, as far as other writers allow.</returns>
    private async Task<bool> TryPutAsync(ImageKey key, Stream content, ImageProperties properties, CancellationToken cancellationToken)
    {
        string etag = "";
        await using FileStream file = HeldFile.Create(() => PartialFile.Draw(root.FullName, key.ToString()));
        try
        {
            await PartialFile.CompleteAsync(file, PathOf(key), fileMode, async () =>
            {
                await content.CopyToAsync(file, CopyBufferBytes, cancellationToken);
                // By our clock: the file system's ticks every 4 ms before Linux 6.13, and two contents of the same tick and length would
                // have the same ETag.
                File.SetLastWriteTimeUtc(file.SafeFileHandle, TimeProvider.System.GetUtcNow().UtcDateTime);
                etag = ETagOf(File.GetLastWriteTimeUtc(file.SafeFileHandle), file.Length); // as the file system rounds it
                // A crash from here on leaves a crop whose original may be missing, or a thumbnail beside the recipe of other content,
                // which does not count (so the thumbnail is remade).
                if (properties == ImageProperties.None)
                {
                    _properties.Delete(key);
                }
                else
                {
                    // Just before the picture takes its name: in between, a picture without a recipe would be taken for an older site's.
                    Posix.FlushFile(file);
                    _properties.Write(key, properties.Recipe is null ? new ImageProperties(Crop: properties.Crop) : properties with { RecipeOf = etag });
                }
            });
        }
        catch when (properties.Recipe is not null && !File.Exists(PathOf(key)))
        {
            _properties.Delete(key); // the thumbnail never arrived
            throw;
        }

        if (properties.Recipe is null)
        {
            return true;
        }

        // Read the recipe first: whoever replaces the picture after this check has also written a recipe, and checks as well.
        bool isOurs = _properties.Read(key).Properties.RecipeOf == etag;
        FileInfo stored = new(PathOf(key));
        if (!stored.Exists)
        {
            _properties.Delete(key); // the picture was removed before its recipe was written
            return true;
        }

        // If somebody else's picture came later, its writer takes care of the recipe: two would only keep each other from finishing.
        return isOurs || ETagOf(stored.LastWriteTimeUtc, stored.Length) != etag;
    }

    // "Not there" may only be said of a folder that exists.
    private T? AbsentFrom<T>()
        where T : class =>
        Directory.Exists(root.FullName) ? null : throw new StorageException(name, "its folder is missing.");

    private Task<T> Guard<T>(Func<Task<T>> work, CancellationToken cancellationToken, [CallerMemberName] string call = "") =>
        StorageCalls.MeasureAsync(name, call, () => TranslateAsync(work, cancellationToken));

    private async Task<T> TranslateAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await work();
        }
        catch (Exception exception) when (DiskFaults.IsOfDisk(exception))
        {
            throw DiskFaults.Of(name, exception, isOfOneObject: DiskFaults.MayBeOfOneFile(exception) && CanBeWritten());
        }
    }

    private bool CanBeWritten()
    {
        string properties = Path.Combine(root.FullName, PropertiesFolder.Name);
        return PartialFile.CanBeMadeIn(root.FullName) && (!Directory.Exists(properties) || PartialFile.CanBeMadeIn(properties));
    }
}
