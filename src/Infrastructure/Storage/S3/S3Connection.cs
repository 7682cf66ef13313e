using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>The clients for an account, with limits of their own on time and connections.</summary>
internal sealed class S3Connection : IDisposable
{
    // Many enough for some uploads with all their thumbnails at once.
    private const int Connections = 64;

    // Each is held by a reader for as long as that takes to read.
    private const int ReadersConnections = 256;

    private readonly List<HttpClient> _http = [];

    public S3Connection(S3Account account, S3Settings settings, TimeProvider time)
    {
        Client = ClientOf(account, settings, time, Connections);
        Readers = ClientOf(account, settings, time, ReadersConnections);
    }

    public AmazonS3Client Client { get; }

    /// <summary>For content that goes out to readers: slow ones hold no connection that uploads and publishes need.</summary>
    public AmazonS3Client Readers { get; }

    private static TimeSpan MostToConnect { get; } = TimeSpan.FromSeconds(3);

    public void Dispose()
    {
        Client.Dispose();
        Readers.Dispose();
        _http.ForEach(http => http.Dispose());
    }

    private AmazonS3Client ClientOf(S3Account account, S3Settings settings, TimeProvider time, int connections)
    {
        HttpMessageHandler handler = new S3Attempt(settings.Timeout, settings.LargestBytes, new SocketsHttpHandler
        {
            ConnectTimeout = settings.Timeout < MostToConnect ? settings.Timeout : MostToConnect,
            MaxConnectionsPerServer = connections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a service's addresses change
            UseCookies = false,
            AllowAutoRedirect = false,
        });
        AWSCredentials? credentials = account.Keys is { } keys ? new BasicAWSCredentials(keys.AccessKey, keys.SecretKey) : null;
        if (settings.HasOldSignature && account.Keys is { } signing)
        {
            handler = new SignatureV2(signing, time, handler);
            credentials = new AnonymousAWSCredentials(); // the SDK has no such signature any more; unsigned requests get ours
        }

        HttpClient http = new(new ContentMd5(handler)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _http.Add(http);
        AmazonS3Config config = new()
        {
            HttpClientFactory = new OneClient(http),
            // The new checksums at the end of a body are refused by Ceph up to version 16, and stored as content by others.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 2,
            MaxStaleConnectionRetries = 1, // of 10, the default, each may wait for its whole time
        };
        if (account.Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(account.Region);
            config.ForcePathStyle = settings.HasOldSignature; // a bucket in the host's name is signed in another way
        }
        else
        {
            config.ServiceURL = account.Endpoint.ToString();
            config.AuthenticationRegion = account.Region;
            config.ForcePathStyle = true; // needs no name for each bucket
        }

        return credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    private sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
