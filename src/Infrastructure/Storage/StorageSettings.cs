using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Storage.S3;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>Where images are kept: in folders or on S3.</summary>
/// <param name="CacheControl">Header of published images.</param>
/// <param name="Folders">Null: on S3.</param>
/// <param name="S3">Null: in folders.</param>
public sealed record StorageSettings(string CacheControl, FolderSettings? Folders, S3Settings? S3)
{
    internal static StorageSettings Read(SettingsReader variables)
    {
        string cacheControl = ReadCacheControl(variables);
        bool isS3 = variables.Choice("STORAGE_BACKEND", ["local", "s3"], "Where images are kept: `local`, two folders; `s3`, two buckets.") == "s3";
        FolderSettings folders = FolderSettings.Read(variables, isChosen: !isS3);
        return new StorageSettings(cacheControl, isS3 ? null : folders, S3Settings.Read(variables, isChosen: isS3));
    }

    private static string ReadCacheControl(SettingsReader variables)
    {
        const string Name = "CACHE_CONTROL";
        string value = variables.Text(Name, "public, max-age=3600", "Cache-Control header of published images.")!;
        if (value.Any(char.IsControl))
        {
            variables.Mistake(Name, "has a line break or another control character; for example public, max-age=3600");
        }

        return value;
    }
}
