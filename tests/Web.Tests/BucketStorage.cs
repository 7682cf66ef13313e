using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>A bucket of a real S3 server, accessed by the tests' own client.</summary>
/// <param name="client">Of the account that owns the bucket; null: the server's own.</param>
internal sealed class BucketStorage(S3Server server, string bucket, AmazonS3Client? client = null) : TestStorage
{
    private readonly AmazonS3Client _client = client ?? server.Client;

    public string Bucket => bucket;

    // Names that begin with a dot are not images.
    // What a check puts there is no image, and a kill may leave it for an hour.
    public override async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. (await server.KeysInAsync(bucket, _client)).Where(name => name[0] != '.' && !name.StartsWith("image-backend-probe-", StringComparison.Ordinal))];

    public override Task<IReadOnlyList<string>> EverythingAsync() => server.KeysInAsync(bucket, _client);

    public override async Task<byte[]> ReadAsync(string name)
    {
        using GetObjectResponse found = await _client.GetObjectAsync(bucket, name);
        using MemoryStream content = new();
        await found.ResponseStream.CopyToAsync(content);
        return content.ToArray();
    }

    public override async Task<DateTimeOffset> WrittenAtAsync(string name) =>
        (await _client.GetObjectMetadataAsync(bucket, name)).LastModified!.Value.ToUniversalTime();

    public override Task PutAsync(string name, byte[] content) => server.PutAsync(bucket, name, content, _client);

    public override Task RemoveAsync(string name) => _client.DeleteObjectAsync(bucket, name);

    public override Task LoseAsync() => server.DropBucketAsync(bucket, _client);

    public override Task BringBackAsync() => _client.PutBucketAsync(bucket);
}
