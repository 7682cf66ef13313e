using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Storage.S3.Setup;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>Where images are kept.</summary>
/// <param name="CacheControl">Header for published images.</param>
/// <param name="Backend">Null, despite its type, if a setting is invalid: then nobody uses it.</param>
/// <param name="RedirectsReaders">Whether readers of published images are redirected to the public address.</param>
public sealed record StorageSettings(string CacheControl, IStorageBackend Backend, bool RedirectsReaders)
{
    // The first is the default. Each declares its variables, even if another one is chosen.
    private static readonly (string Name, Func<SettingsReader, bool, IStorageBackend?> Read)[] Backends = [("local", FolderSettings.Read), ("s3", S3Backend.Read)];

    internal static StorageSettings Read(SettingsReader variables)
    {
        string cacheControl = ReadCacheControl(variables);
        string chosen = variables.Choice("STORAGE_BACKEND", [.. Backends.Select(one => one.Name)], "Where images are kept: `local`, two folders; `s3`, two buckets.");
        IStorageBackend? backend = null;
        foreach ((string name, Func<SettingsReader, bool, IStorageBackend?> read) in Backends)
        {
            IStorageBackend? one = read(variables, name == chosen);
            backend = name == chosen ? one : backend;
        }

        return new StorageSettings(cacheControl, backend!, ReadRedirect(variables, backend));
    }

    private static bool ReadRedirect(SettingsReader variables, IStorageBackend? backend)
    {
        const string Name = "ACTIVE_REDIRECT";
        bool redirects = variables.Flag(Name, "Whether `/active` answers with a redirect (302) to the public object on S3, instead of sending it.");
        if (redirects && backend is not null && backend.PublicAddressOf(ImageKey.Parse("image.jpg")) is null)
        {
            variables.AddError(Name, "needs STORAGE_BACKEND=s3: files of a folder have no address of their own");
        }

        return redirects;
    }

    private static string ReadCacheControl(SettingsReader variables)
    {
        const string Name = "CACHE_CONTROL";
        string value = variables.Text(Name, "public, max-age=3600", "Cache-Control header of published images.")!;
        if (value.Any(char.IsControl))
        {
            variables.AddError(Name, "has a line break or another control character; for example public, max-age=3600");
        }

        return value;
    }
}
