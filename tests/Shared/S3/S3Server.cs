using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace ImageBackend.Testing;

/// <summary>All tests that use the server, one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class S3Collection : ICollectionFixture<S3Server>
{
    public const string Name = "S3";
}

/// <summary>A real S3 server: the one that S3_TEST_ENDPOINT names, or Ceph's gateway, started here and stopped with these tests.</summary>
public sealed class S3Server : IAsyncLifetime, IDisposable
{
    /// <summary>Access key of the second account, if the server <see cref="IsOurs"/>; its secret is the first one's.</summary>
    public const string OtherAccessKey = "otheraccess";

    private const string Gateway = "/usr/bin/radosgw";

    private readonly Dictionary<string, string> _variables = [];
    private TempFolder? _folder;
    private Process? _process;
    private AmazonS3Client? _client;

    /// <summary>Why tests that need it are skipped; null: they are not. In CI they fail instead.</summary>
    public static string? WhySkipped { get; } =
        File.Exists(Gateway) || Environment.GetEnvironmentVariable("S3_TEST_ENDPOINT") is not null || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : $"{Gateway} is missing; build/install-test-tools says how to get it, or let S3_TEST_ENDPOINT, S3_TEST_ACCESS_KEY and S3_TEST_SECRET_KEY name a server";

    public string Endpoint => _variables["S3_TEST_ENDPOINT"];

    public string AccessKey => _variables["S3_TEST_ACCESS_KEY"];

    public string SecretKey => _variables["S3_TEST_SECRET_KEY"];

    /// <summary>For the tests themselves, separate from what they test.</summary>
    public AmazonS3Client Client => _client!;

    /// <summary>Whether it is the gateway of build/s3-server, which has a second account.</summary>
    public bool IsOurs => AccessKey == "testaccess";

    public async Task InitializeAsync()
    {
        if (WhySkipped is not null)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("S3_TEST_ENDPOINT") is null)
        {
            await StartAsync();
        }
        else
        {
            foreach (string name in new[] { "S3_TEST_ENDPOINT", "S3_TEST_ACCESS_KEY", "S3_TEST_SECRET_KEY" })
            {
                _variables[name] = Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
            }
        }

        _client = ClientOf(AccessKey);
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close(); // it stops at the end of its input
            await _process.WaitForExitAsync();
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _process?.Dispose();
        _folder?.Dispose();
    }

    /// <summary>Puts an object as another program would.</summary>
    public Task PutAsync(string bucket, string key, byte[] content, AmazonS3Client? client = null) => (client ?? Client).PutObjectAsync(new PutObjectRequest
    {
        BucketName = bucket,
        Key = key,
        InputStream = new MemoryStream(content),
        ContentType = "binary/octet-stream",
        UseChunkEncoding = false,
    });

    public AmazonS3Client ClientOf(string accessKey) => new(new BasicAWSCredentials(accessKey, SecretKey), new AmazonS3Config
    {
        ServiceURL = Endpoint,
        ForcePathStyle = true,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <returns>The name of a new bucket.</returns>
    public async Task<string> CreateBucketAsync(string role, AmazonS3Client? client = null)
    {
        string name = $"test-{role}-{Guid.NewGuid():N}";
        await (client ?? Client).PutBucketAsync(name);
        return name;
    }

    public async Task<IReadOnlyList<string>> KeysInAsync(string bucket, AmazonS3Client? client = null)
    {
        List<string> keys = [];
        ListObjectsV2Request request = new() { BucketName = bucket };
        ListObjectsV2Response page;
        do
        {
            page = await (client ?? Client).ListObjectsV2Async(request);
            keys.AddRange((page.S3Objects ?? []).Select(found => found.Key));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return [.. keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Removes a bucket with everything in it; does nothing if it does not exist.</summary>
    public async Task DropBucketAsync(string bucket, AmazonS3Client? client = null)
    {
        try
        {
            foreach (string[] keys in (await KeysInAsync(bucket, client)).Chunk(1000))
            {
                await (client ?? Client).DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = bucket, Objects = [.. keys.Select(key => new KeyVersion { Key = key })] });
            }

            await (client ?? Client).DeleteBucketAsync(bucket);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchBucket")
        {
        }
    }

    private async Task StartAsync()
    {
        _folder = new TempFolder();
        _process = Process.Start(new ProcessStartInfo(Repository.File("build", "s3-server"), ["run", _folder.File("s3")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        while (_variables.Count < 3)
        {
            string line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("build/s3-server did not start.");
            string[] parts = line.Split('=', 2);
            _variables[parts[0]] = parts[1];
        }
    }
}

/// <summary>A fact that needs the server. Without a server the fact is skipped by name.</summary>
public sealed class NeedsS3FactAttribute : FactAttribute
{
    public NeedsS3FactAttribute() => Skip = S3Server.WhySkipped;
}

/// <summary>A theory that needs the server. Without a server the theory is skipped by name.</summary>
public sealed class NeedsS3TheoryAttribute : TheoryAttribute
{
    public NeedsS3TheoryAttribute() => Skip = S3Server.WhySkipped;
}
