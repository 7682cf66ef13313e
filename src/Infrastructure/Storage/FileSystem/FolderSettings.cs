using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Two folders.</summary>
/// <param name="FileMode">Mode of each file; null: by the process's umask.</param>
public sealed record FolderSettings(DirectoryInfo Incoming, DirectoryInfo Active, UnixFileMode? FileMode = null) : IStorageBackend
{
    private const string IncomingName = "INCOMING_FOLDER";
    private const string ActiveName = "ACTIVE_FOLDER";

    /// <param name="isChosen">Whether images are kept here; if not, nothing needs to be set.</param>
    internal static FolderSettings Read(SettingsReader variables, bool isChosen)
    {
        FolderSettings settings = new(
            variables.Folder(IncomingName, "data/incoming", "Uploads until they are published. Must exist.", isChosen),
            variables.Folder(ActiveName, "data/active", "Published images. Must exist.", isChosen),
            variables.FileMode("FILE_MODE", "Mode of stored files, in octal, such as `0644`, for a web server that runs as another user.", "by the umask"));
        if (isChosen)
        {
            settings.RefuseOnePlace(variables);
        }

        return settings;
    }

    public string ActivePlace => Active.FullName;

    public string Identity => $"folders {Incoming.FullName} and {Active.FullName}";

    public string LedgerTable => "local_active_folder";

    public bool ExpiresByItself => false;

    public Uri? PublicAddressOf(ImageKey key) => null;

    public void Register(IServiceCollection services, StorageOptions options)
    {
        FileSystemImageStorage incoming = StorageOf(ImageStores.IncomingName, Incoming);
        FileSystemImageStorage active = StorageOf(ImageStores.ActiveName, Active);
        FolderMarks marks = new(ImageStores.IncomingName, Incoming);
        services.AddSingleton(new ImageStores(incoming, active));
        services.AddSingleton<IStoragePlace>(active);
        services.AddSingleton<IAccessCheck>(active);
        services.AddSingleton<IImageMarks>(marks);
        services.AddSingleton(new StoragePart(
            "FOLDER",
            [incoming.Shortcoming, active.Shortcoming],
            [incoming.Sweep, active.Sweep, marks.Sweep],
            [(ImageStores.IncomingName, Incoming), (ImageStores.ActiveName, Active)]));
    }

    public IStorageSteps Check(StorageOptions options) => new FolderCheck(StorageOf(ImageStores.IncomingName, Incoming), StorageOf(ImageStores.ActiveName, Active));

    public IStorageSteps? Init(StorageOptions options) => null;

    public void RefuseAsPlaceOf(string name, DirectoryInfo folder, SettingsReader variables)
    {
        if (FolderPlace.TryFind(folder.FullName) is not { } place)
        {
            return; // already reported as a mistake
        }

        foreach ((string other, DirectoryInfo images) in new[] { (IncomingName, Incoming), (ActiveName, Active) })
        {
            if (FolderPlace.TryFind(images.FullName) is { } there && (place.IsSameAs(there) || place.IsInside(there) || there.IsInside(place)))
            {
                variables.AddError(name, $"'{folder.FullName}' is, contains or is inside the folder of {other} ('{images.FullName}'); give it a folder of its own beside that");
            }
        }
    }

    public bool HasPlaceOf(string folder) => FolderPlace.TryFind(folder) is { } place
        && new[] { Incoming, Active }.Any(images => FolderPlace.TryFind(images.FullName)?.IsSameAs(place) == true);

    private FileSystemImageStorage StorageOf(string name, DirectoryInfo folder) => new(name, folder, FileMode);

    // A file copied from a folder into itself compares as equal, and is then removed as the source of the copy.
    private void RefuseOnePlace(SettingsReader variables)
    {
        if (FolderPlace.TryFind(Incoming.FullName) is not { } incoming || FolderPlace.TryFind(Active.FullName) is not { } active)
        {
            return; // already reported as a mistake
        }

        if (active.IsSameAs(incoming))
        {
            variables.AddError(ActiveName, $"is the same folder as {IncomingName} ('{Active.FullName}' and '{Incoming.FullName}'); uploads would be public immediately, and published images would be lost: give each a folder of its own");
        }
        else if (active.IsInside(incoming) || incoming.IsInside(active))
        {
            variables.AddError(ActiveName, $"'{Active.FullName}' is inside {IncomingName} ('{Incoming.FullName}') or contains it; give each a folder of its own, side by side");
        }
    }
}
