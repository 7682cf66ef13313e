using Amazon.S3;
using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>The two buckets, with one connection for each account.</summary>
internal sealed class S3Stores : IDisposable
{
    private readonly S3Connection _incoming;
    private readonly S3Connection _active;

    /// <param name="cacheControl">Header of published images.</param>
    /// <param name="spoolFolder">Holds what is copied from one account to the other, for a moment.</param>
    /// <param name="listing">Null: a listing that breaks off is given up.</param>
    public S3Stores(S3Settings settings, string cacheControl, DirectoryInfo spoolFolder, TimeProvider time, S3Listing? listing = null)
    {
        listing ??= new S3Listing(NullLogger.Instance, time, pauses: []);
        _incoming = new S3Connection(settings.Incoming.Account, settings, time);
        _active = settings.Active.Account == settings.Incoming.Account
            ? _incoming
            : new S3Connection(settings.Active.Account, settings, time);
        IncomingBucket = new S3Bucket(IncomingClient, settings.Incoming, time);
        ActiveBucket = new S3Bucket(ActiveClient, settings.Active, time);
        S3Access closed = new(settings.SendsAcls ? S3CannedACL.Private : null, CacheControl: null);
        Stores = new ImageStores(
            Storage("incoming", _incoming, IncomingBucket, closed),
            Storage("active", _active, ActiveBucket, new S3Access(settings.SendsAcls ? S3CannedACL.PublicRead : null, cacheControl)));
        Marks = new S3Marks("incoming", IncomingClient, IncomingBucket, closed.Acl, listing);

        S3ImageStorage Storage(string name, S3Connection connection, S3Bucket bucket, S3Access access) =>
            new(name, connection, bucket, access, listing, settings.Timeout, spoolFolder);
    }

    public S3Bucket IncomingBucket { get; }

    public S3Bucket ActiveBucket { get; }

    public ImageStores Stores { get; }

    public IImageMarks Marks { get; }

    public AmazonS3Client IncomingClient => _incoming.Client;

    public AmazonS3Client ActiveClient => _active.Client;

    public void Dispose()
    {
        _incoming.Dispose();
        _active.Dispose();
    }
}
