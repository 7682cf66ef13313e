using Amazon.S3.Model;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>A bucket of a real S3 server, seen by a client of the tests' own.</summary>
internal sealed class BucketStorage(S3Server server, string bucket) : TestStorage
{
    public string Bucket => bucket;

    public override Task<IReadOnlyList<string>> NamesAsync() => server.KeysInAsync(bucket);

    public override Task<IReadOnlyList<string>> EverythingAsync() => server.KeysInAsync(bucket);

    public override async Task<byte[]> ReadAsync(string name)
    {
        using GetObjectResponse found = await server.Client.GetObjectAsync(bucket, name);
        using MemoryStream content = new();
        await found.ResponseStream.CopyToAsync(content);
        return content.ToArray();
    }

    public override async Task<DateTimeOffset> WrittenAtAsync(string name) =>
        (await server.Client.GetObjectMetadataAsync(bucket, name)).LastModified!.Value.ToUniversalTime();

    public override Task PutAsync(string name, byte[] content) => server.PutAsync(bucket, name, content);

    public override Task RemoveAsync(string name) => server.Client.DeleteObjectAsync(bucket, name);

    public override Task LoseAsync() => server.DropBucketAsync(bucket);

    public override Task BringBackAsync() => server.Client.PutBucketAsync(bucket);
}
