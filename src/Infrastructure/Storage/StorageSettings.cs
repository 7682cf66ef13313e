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
        string incoming = Path.TrimEndingDirectorySeparator(settings.IncomingFolder.FullName);
        string active = Path.TrimEndingDirectorySeparator(settings.ActiveFolder.FullName);
        if (incoming == active)
        {
            variables.Mistake("ACTIVE_FOLDER", $"is the same folder as INCOMING_FOLDER ('{active}'); what is uploaded would be public at once");
        }

        return settings;
    }
}
