using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Where images are kept.</summary>
public sealed record StorageSettings(DirectoryInfo IncomingFolder, DirectoryInfo ActiveFolder)
{
    internal static StorageSettings Read(SettingsReader variables)
    {
        _ = variables.Choice(
            "STORAGE_BACKEND",
            ["local"],
            "Where images are kept: `local`, two folders.",
            whyNot: value => value.Equals("s3", StringComparison.OrdinalIgnoreCase) ? "'s3' is not there yet in this version; use local" : null);
        StorageSettings settings = new(
            variables.Folder("INCOMING_FOLDER", "data/incoming", "Uploads until they are published. Must exist."),
            variables.Folder("ACTIVE_FOLDER", "data/active", "Published images. Must exist."));
        string incoming = PlaceOf(settings.IncomingFolder);
        string active = PlaceOf(settings.ActiveFolder);
        if (incoming == active)
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
