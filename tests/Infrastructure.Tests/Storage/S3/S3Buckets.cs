using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>Two new buckets and their storages; removed at the end.</summary>
internal sealed class S3Buckets : IAsyncDisposable
{
    private readonly S3Server _server;
    private readonly TempFolder _spool = new();
    private readonly S3Stores _stores;
    private readonly string _activeKey;

    private S3Buckets(S3Server server, string incoming, string active, S3Settings settings, TimeProvider time, string activeKey)
    {
        (_server, Incoming, Active, Settings, _activeKey) = (server, incoming, active, settings, activeKey);
        _stores = new S3Stores(settings, "public, max-age=77", new DirectoryInfo(_spool.Path), time);
    }

    public string Incoming { get; }

    public string Active { get; }

    public S3Settings Settings { get; }

    public ImageStores Stores => _stores.Stores;

    public IImageMarks Marks => _stores.Marks;

    public string SpoolFolder => _spool.Path;

    /// <param name="activeKey">Access key of the active bucket's account.</param>
    public static async Task<S3Buckets> CreateAsync(S3Server server, Func<S3Settings, S3Settings>? change = null, TimeProvider? time = null, string? activeKey = null)
    {
        activeKey ??= server.AccessKey;
        using Amazon.S3.AmazonS3Client activeClient = server.ClientOf(activeKey);
        string incoming = await server.CreateBucketAsync("incoming");
        string active = await server.CreateBucketAsync("active", activeClient);
        S3Settings settings = new(
            new S3Place(incoming, AccountOf(server, server.AccessKey)),
            new S3Place(active, AccountOf(server, activeKey)),
            SendsAcls: true,
            HasOldSignature: false,
            TimeSpan.FromSeconds(15));
        return new S3Buckets(server, incoming, active, change?.Invoke(settings) ?? settings, time ?? TimeProvider.System, activeKey);
    }

    /// <returns>The same buckets, accessed differently.</returns>
    public S3Stores With(Func<S3Settings, S3Settings> change, TimeProvider? time = null) =>
        new(change(Settings), "public, max-age=77", new DirectoryInfo(_spool.Path), time ?? TimeProvider.System);

    public static S3Account AccountOf(S3Server server, string accessKey, string? secretKey = null) =>
        new(new Uri(server.Endpoint), "us-east-1", new S3Keys(accessKey, secretKey ?? server.SecretKey));

    public async ValueTask DisposeAsync()
    {
        _stores.Dispose();
        using Amazon.S3.AmazonS3Client activeClient = _server.ClientOf(_activeKey);
        await _server.DropBucketAsync(Incoming);
        await _server.DropBucketAsync(Active, activeClient);
        _spool.Dispose();
    }
}
