using Amazon.S3;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Both sides of one service's storage, new and empty; whatever is on a server is removed at the end.</summary>
/// <remarks>
/// TEST_STORAGE=s3: two buckets of the server that S3_TEST_ENDPOINT names, so that all tests run on S3 except those with the
/// trait Storage. These choose their own: <c>folders</c> are about folders, programs that use some, or HTTP alone; <c>s3</c> about S3.
/// </remarks>
internal sealed class TestStorages : IAsyncDisposable
{
    private readonly Func<Task> _remove;

    private TestStorages(TestStorage incoming, TestStorage active, (string Name, string Value)[] variables, Func<Task> remove) =>
        (Incoming, Active, Variables, _remove) = (incoming, active, variables, remove);

    public TestStorage Incoming { get; }

    public TestStorage Active { get; }

    /// <summary>The variables that a service needs to work on them.</summary>
    public (string Name, string Value)[] Variables { get; }

    /// <summary>What must never appear from them.</summary>
    public string[] Secrets => [.. Variables.Where(variable => variable.Name.EndsWith("KEY", StringComparison.Ordinal)).Select(variable => variable.Value)];

    /// <param name="folder">Contains them, unless they are buckets.</param>
    public static async Task<TestStorages> CreateAsync(TempFolder folder)
    {
        if (Environment.GetEnvironmentVariable("TEST_STORAGE") != "s3")
        {
            return InFolders(folder.Folder("incoming"), folder.Folder("active"));
        }

        if (Environment.GetEnvironmentVariable("S3_TEST_ENDPOINT") is null)
        {
            throw new InvalidOperationException("TEST_STORAGE=s3 needs a server that runs: build/s3-server starts one, and prints the variables that name it.");
        }

        S3Server server = new();
        await server.InitializeAsync();
        return await OnS3Async(server, server.Endpoint, server.Dispose);
    }

    /// <param name="endpoint">Where the service finds the server.</param>
    /// <param name="andThen">Runs once the buckets are removed.</param>
    public static async Task<TestStorages> OnS3Async(S3Server server, string endpoint, Action? andThen = null)
    {
        string[] buckets = await Task.WhenAll(server.CreateBucketAsync("incoming"), server.CreateBucketAsync("active"));
        return new TestStorages(
            new BucketStorage(server, buckets[0]),
            new BucketStorage(server, buckets[1]),
            [
                ("STORAGE_BACKEND", "s3"),
                ("INCOMING_BUCKET", buckets[0]),
                ("ACTIVE_BUCKET", buckets[1]),
                ("INCOMING_PREFIX", "TEST"),
                ("ACTIVE_PREFIX", "TEST"),
                ("TEST_ENDPOINT", endpoint),
                ("TEST_ACCESS_KEY_ID", server.AccessKey),
                ("TEST_SECRET_KEY", server.SecretKey),
            ],
            async () =>
            {
                await Task.WhenAll(buckets.Select(bucket => server.DropBucketAsync(bucket)));
                andThen?.Invoke();
            });
    }

    /// <summary>Incoming belongs to one account and active to another, and neither may touch the other's.</summary>
    public static async Task<TestStorages> OnS3OfTwoAccountsAsync(S3Server server, string endpoint)
    {
        AmazonS3Client other = server.ClientOf(S3Server.OtherAccessKey);
        string incoming = await server.CreateBucketAsync("incoming");
        string active = await server.CreateBucketAsync("active", other);
        return new TestStorages(
            new BucketStorage(server, incoming),
            new BucketStorage(server, active, other),
            [
                ("STORAGE_BACKEND", "s3"),
                ("INCOMING_BUCKET", incoming),
                ("ACTIVE_BUCKET", active),
                ("INCOMING_PREFIX", "TEST"),
                ("ACTIVE_PREFIX", "OTHER"),
                ("TEST_ENDPOINT", endpoint),
                ("TEST_ACCESS_KEY_ID", server.AccessKey),
                ("TEST_SECRET_KEY", server.SecretKey),
                ("OTHER_ENDPOINT", endpoint),
                ("OTHER_ACCESS_KEY_ID", S3Server.OtherAccessKey),
                ("OTHER_SECRET_KEY", server.SecretKey),
            ],
            async () =>
            {
                await server.DropBucketAsync(incoming);
                await server.DropBucketAsync(active, other);
                other.Dispose();
            });
    }

    public async ValueTask DisposeAsync() => await _remove();

    /// <param name="incoming">An existing, empty folder, like the other; the caller removes both, at the latest in <paramref name="andThen"/>.</param>
    public static TestStorages InFolders(string incoming, string active, Action? andThen = null) => new(
        new FolderStorage(incoming),
        new FolderStorage(active),
        [("INCOMING_FOLDER", incoming), ("ACTIVE_FOLDER", active)],
        () =>
        {
            andThen?.Invoke();
            return Task.CompletedTask;
        });
}
