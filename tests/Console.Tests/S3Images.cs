using Amazon.S3;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>
/// The program `images` on two new buckets of the real server, with a proxy in between that counts calls and makes some fail.
/// </summary>
internal sealed class S3Images : IAsyncDisposable
{
    private readonly S3Server _server;
    private readonly ImagesProgram _program = new();

    private S3Images(S3Server server, FaultProxy proxy, string incoming, string active)
    {
        (_server, Proxy, Incoming, Active) = (server, proxy, incoming, active);
        foreach ((string name, string value) in new[]
        {
            ("STORAGE_BACKEND", "s3"),
            ("INCOMING_BUCKET", incoming),
            ("ACTIVE_BUCKET", active),
            ("INCOMING_PREFIX", "TEST"),
            ("ACTIVE_PREFIX", "TEST"),
            ("TEST_ENDPOINT", proxy.Endpoint),
            ("TEST_ACCESS_KEY_ID", server.AccessKey),
            ("TEST_SECRET_KEY", server.SecretKey),
            ("CACHE_CONTROL", "public, max-age=77"),
            ("IMAGING_ISOLATION", "none"), // these tests are not about workers, which take time to start
        })
        {
            Variables[name] = value;
        }
    }

    public FaultProxy Proxy { get; }

    public string Incoming { get; }

    public string Active { get; }

    public Dictionary<string, string> Variables => _program.Variables;

    public AmazonS3Client Client => _server.Client;

    public static async Task<S3Images> CreateAsync(S3Server server) => new(
        server, await FaultProxy.StartAsync(server.Endpoint), await server.CreateBucketAsync("incoming"), await server.CreateBucketAsync("active"));

    public Task<Ended> RunAsync(string arguments) => _program.RunAsync(arguments);

    /// <summary>Runs it and counts its requests to the server.</summary>
    public async Task<(Ended Ended, S3Counts Counts)> CountAsync(string arguments)
    {
        Proxy.TakeCalls();
        Ended ended = await RunAsync(arguments);
        return (ended, S3Counts.Of(Proxy.TakeCalls()));
    }

    public string PathOf(string name) => _program.PathOf(name);

    public Task<IReadOnlyList<string>> InAsync(string bucket) => _server.KeysInAsync(bucket);

    /// <summary>Puts an object as another program would: without a recipe, and with headers of its own.</summary>
    public Task PutAsync(string bucket, string key, byte[] content) => _server.PutAsync(bucket, key, content);

    /// <summary>Puts many, several at a time.</summary>
    public Task PutAllAsync(string bucket, IEnumerable<string> keys, byte[] content) => Parallel.ForEachAsync(
        keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, _) => await _server.PutAsync(bucket, key, content));

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await _server.DropBucketAsync(Incoming);
        await _server.DropBucketAsync(Active);
        _program.Dispose();
    }
}
