using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Two folders.</summary>
public sealed record FolderSettings(DirectoryInfo Incoming, DirectoryInfo Active)
{
    /// <param name="isChosen">Whether images are kept here; if not, nothing has to be set.</param>
    internal static FolderSettings Read(SettingsReader variables, bool isChosen)
    {
        FolderSettings settings = new(
            variables.Folder("INCOMING_FOLDER", "data/incoming", "Uploads until they are published. Must exist.", isChosen),
            variables.Folder("ACTIVE_FOLDER", "data/active", "Published images. Must exist.", isChosen));
        string incoming = PlaceOf(settings.Incoming);
        string active = PlaceOf(settings.Active);
        if (isChosen && incoming == active)
        {
            variables.Mistake("ACTIVE_FOLDER", $"is the same folder as INCOMING_FOLDER ('{active}'); what is uploaded would be public at once");
        }

        return settings;
    }

    private static string PlaceOf(DirectoryInfo folder)
    {
        FileSystemInfo? target = folder.Exists ? folder.ResolveLinkTarget(returnFinalTarget: true) : null;
        return Path.TrimEndingDirectorySeparator((target ?? folder).FullName);
    }
}
