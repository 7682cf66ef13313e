using Amazon.S3;
using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>The two buckets, with one connection for each account.</summary>
internal sealed class S3Stores : IDisposable
{
    private readonly S3Connection _incoming;
    private readonly S3Connection _active;
    private readonly S3Connection _readers;
    private readonly S3Connection _incomingReaders;

    /// <param name="cacheControl">Header for published images.</param>
    /// <param name="spoolFolder">Briefly holds whatever is copied from one account to the other.</param>
    /// <param name="listing">Null: a listing that breaks off is not resumed.</param>
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
        S3Access open = new(settings.SendsAcls ? S3CannedACL.PublicRead : null, cacheControl);
        Active = Storage(ImageStores.ActiveName, _active, ActiveBucket, open);
        _readers = new S3Connection(settings.Active.Account, settings, time, S3Connection.ReadersConnections);
        _incomingReaders = settings.Active.Account == settings.Incoming.Account
            ? _readers
            : new S3Connection(settings.Incoming.Account, settings, time, S3Connection.ReadersConnections);
        Stores = new ImageStores(Storage(ImageStores.IncomingName, _incoming, IncomingBucket, closed), Active)
        {
            ActiveForReaders = Storage(ImageStores.ActiveName, _readers, ActiveBucket, open),
            IncomingForReaders = Storage(ImageStores.IncomingName, _incomingReaders, IncomingBucket, closed),
        };
        Marks = new S3Marks(ImageStores.IncomingName, IncomingClient, IncomingBucket, closed.Acl, listing);

        S3ImageStorage Storage(string name, S3Connection connection, S3Bucket bucket, S3Access access) =>
            new(name, connection, bucket, access, listing, settings.Timeout, spoolFolder);
    }

    public S3Bucket IncomingBucket { get; }

    public S3Bucket ActiveBucket { get; }

    public ImageStores Stores { get; }

    /// <summary>The active storage of <see cref="Stores"/>.</summary>
    public S3ImageStorage Active { get; }

    public IImageMarks Marks { get; }

    public AmazonS3Client IncomingClient => _incoming.Client;

    public AmazonS3Client ActiveClient => _active.Client;

    public void Dispose()
    {
        _incoming.Dispose();
        _active.Dispose();
        _readers.Dispose();
        _incomingReaders.Dispose();
    }
}
