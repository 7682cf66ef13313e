using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.V5;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>What every host needs.</summary>
/// <param name="TempFolder">Holds the files of jobs while they run.</param>
public sealed record BackendSettings(
    StorageSettings Storage,
    DirectoryInfo TempFolder,
    ThumbnailSet Thumbnails,
    UploadLimits Limits,
    PrivacyRules Privacy,
    ImagingSettings Imaging,
    V5Settings V5,
    CleaningSettings Cleaning)
{
    /// <summary>How several machines share batches.</summary>
    public required FleetSettings Fleet { get; init; }

    public StorageOptions StorageOptions => new(Storage.CacheControl, TempFolder, Limits.MaxBytes);

    public static BackendSettings Read(SettingsReader variables)
    {
        BackendSettings settings = ReadBeside(StorageSettings.Read(variables), ImagingSettings.Read(variables), variables);
        settings.Imaging.RefuseBeyondEngine(settings.Thumbnails, variables);
        // In active, files in progress would be public; in incoming, they would be removed as images.
        settings.Storage.Backend?.RefuseAsPlaceOf("TEMP_FOLDER", settings.TempFolder, variables);
        return settings;
    }

    private static BackendSettings ReadBeside(StorageSettings storage, ImagingSettings imaging, SettingsReader variables) => new(
        storage,
        variables.OwnFolder(
            "TEMP_FOLDER",
            Path.Combine(Path.GetTempPath(), "images", "temp"),
            "`images/temp` in the system's temp folder",
            "Files of uploads in progress; made if missing. Needs room for all of them."),
        ResizingConfig.Read(variables),
        new UploadLimits(
            variables.Number("MAX_UPLOAD_BYTES", 40_000_000, 1, 4_000_000_000, "Largest file that is accepted, in bytes."),
            variables.Number("MAX_PIXELS", 220_000_000, 1, 1_000_000_000, "Maximum number of pixels of a picture (width times height), or of all frames of an animation together; half of it for a progressive JPEG or an interlaced PNG."),
            variables.Number("MAX_FRAMES", 500, 1, 10_000, "Maximum number of frames of an animation."))
        {
            AutoOrientOriginal = variables.Flag("AUTO_ORIENT_ORIGINAL", "Whether an original that lies on its side is stored upright; others are never touched."),
            TakesDrawings = imaging.ReadDrawings(variables),
        },
        ReadPrivacy(variables),
        imaging,
        V5Settings.Read(variables),
        CleaningSettings.Read(variables, storage.Backend?.ExpiresByItself == true))
    {
        Fleet = FleetSettings.Read(variables, FleetBrokers.Names),
    };

    private static PrivacyRules ReadPrivacy(SettingsReader variables) => new(
        Enum.Parse<Stripping>(
            variables.Choice(
                "STRIP_ORIGINAL",
                ["none", "gps", "all"],
                "What is removed from originals, without touching their pixels: `none`; `gps`, anything that reveals the place; `all`, everything except pixels, colours, orientation and resolution."),
            ignoreCase: true),
        variables.Flag("EXPOSE_GPS", "Whether the answer to an upload says where the photo was taken."));
}
