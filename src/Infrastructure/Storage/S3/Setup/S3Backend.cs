using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Storage.S3.Setup;

/// <summary>Images are kept in two buckets.</summary>
public sealed record S3Backend(S3Settings Settings) : IStorageBackend
{
    public string ActivePlace => Settings.Active.Bucket;

    public string Identity => $"buckets {NameOf(Settings.Incoming)} and {NameOf(Settings.Active)}{(Settings.SendsAcls ? ", with ACLs" : "")}";

    public string LedgerTable => Settings.Active.Bucket;

    public bool ExpiresByItself => true; // by the rules of `images storage init`

    /// <param name="isChosen">Whether images are kept here; if not, nothing needs to be set.</param>
    /// <returns>Null if they are not, or if a bucket is missing.</returns>
    internal static S3Backend? Read(SettingsReader variables, bool isChosen) => S3Settings.Read(variables, isChosen) is { } settings ? new S3Backend(settings) : null;

    public Uri? PublicAddressOf(ImageKey key) => Settings.Active.AddressOf(key);

    public bool HasPlaceOf(string folder) => false;

    public void RefuseAsPlaceOf(string name, DirectoryInfo folder, SettingsReader variables)
    {
        // A folder is never a bucket.
    }

    public void Register(IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(provider => new S3Listing(
            provider.GetRequiredService<ILogger<S3Listing>>(), provider.GetRequiredService<TimeProvider>(), BackOff.AMinute));
        services.AddSingleton(provider => Connect(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<S3Listing>()));
        services.AddSingleton(provider => provider.GetRequiredService<S3Stores>().Stores);
        services.AddSingleton<IStoragePlace>(provider => provider.GetRequiredService<S3Stores>().Active);
        services.AddSingleton<IAccessCheck>(provider => provider.GetRequiredService<S3Stores>().Active);
        services.AddSingleton(provider => provider.GetRequiredService<S3Stores>().Marks);
        services.AddSingleton(new StoragePart("BUCKET", [], [], []));
    }

    public IStorageSteps Check(StorageOptions options) => new StorageCheck(Settings, options.CacheControl, Connect(options, TimeProvider.System), TimeProvider.System);

    public IStorageSteps? Init(StorageOptions options) => new StorageInit(Settings, Connect(options, TimeProvider.System));

    private static string NameOf(S3Place place) => $"{place.Bucket} at {place.Account.Endpoint?.Authority ?? place.Account.Region}";

    // Without a listing that resumes by itself: whatever breaks off is reported immediately.
    private S3Stores Connect(StorageOptions options, TimeProvider time, S3Listing? listing = null) =>
        new(Settings with { MaxBytes = options.MaxBytes }, options.CacheControl, options.TempFolder, time, listing);
}
