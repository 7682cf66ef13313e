using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>A client for an account, with its own limits on time and connections.</summary>
internal sealed class S3Connection : IDisposable
{
    /// <summary>Enough for several uploads with all their thumbnails at a time.</summary>
    public const int Connections = 64;

    /// <summary>
    /// For content sent to readers. Each holds a connection for as long as it reads, and must not use up those that uploads and
    /// publishes need.
    /// </summary>
    public const int ReadersConnections = 256;

    private readonly HttpClient _http;

    /// <param name="connections">Maximum number of open connections.</param>
    public S3Connection(S3Account account, S3Settings settings, TimeProvider time, int connections = Connections)
    {

        HttpMessageHandler handler = new S3Attempt(settings.Timeout, settings.MaxBytes, new SocketsHttpHandler
        {
            ConnectTimeout = settings.Timeout < MaxToConnect ? settings.Timeout : MaxToConnect,
            MaxConnectionsPerServer = connections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a service's addresses change
            UseCookies = false,
            AllowAutoRedirect = false,
        });
        AWSCredentials? credentials = account.Keys is { } keys ? new BasicAWSCredentials(keys.AccessKey, keys.SecretKey) : null;
        if (settings.HasOldSignature && account.Keys is { } signing)
        {
            handler = new SignatureV2(signing, time, handler);
            credentials = new AnonymousAWSCredentials(); // the SDK no longer has this signature; unsigned requests get ours
        }

        _http = new HttpClient(new ContentMd5(handler)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        AmazonS3Config config = new()
        {
            HttpClientFactory = new OneClient(_http),
            // Ceph up to version 16 refuses the new checksums at the end of a body, and other services store them as content.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 2,
            MaxStaleConnectionRetries = 1, // the default is 10, each of which may wait for its full timeout
        };
        if (account.Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(account.Region);
            config.ForcePathStyle = settings.HasOldSignature; // a bucket in the host name is signed differently
        }
        else
        {
            config.ServiceURL = account.Endpoint.ToString();
            config.AuthenticationRegion = account.Region;
            config.ForcePathStyle = true; // needs no host name for each bucket
        }

        Client = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    public AmazonS3Client Client { get; }

    private static TimeSpan MaxToConnect { get; } = TimeSpan.FromSeconds(3);

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }

    private sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
