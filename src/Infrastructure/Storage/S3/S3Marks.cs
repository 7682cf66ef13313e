using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Marks as empty objects of the incoming bucket. Their text is metadata, so that a lookup is one HEAD; their names begin with
/// a dot, as no image's does.</summary>
/// <param name="acl">ACL of the bucket's objects; null: none is sent.</param>
internal sealed class S3Marks(string name, AmazonS3Client client, S3Bucket bucket, S3CannedACL? acl, S3Listing listing) : IImageMarks
{
    private const string Prefix = ".marks/";
    private const string TextName = "text";

    public Task<ImageMark?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) => Guard(() => bucket.UnlessMissingAsync<ImageMark?>(async () =>
    {
        GetObjectMetadataRequest request = new() { BucketName = bucket.Name, Key = NameOf(kind, key) };
        GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(request, cancellationToken);
        return new ImageMark(found.Metadata[TextName] ?? "", TimeOf(found.LastModified));
    }, () => null, cancellationToken), cancellationToken);

    public Task SetAsync(MarkKind kind, ImageKey key, string text, CancellationToken cancellationToken) => Guard(async () =>
    {
        using MemoryStream nothing = new();
        PutObjectRequest request = new()
        {
            BucketName = bucket.Name,
            Key = NameOf(kind, key),
            InputStream = nothing,
            UseChunkEncoding = false, // some services store the frames of the chunks as content
            CannedACL = acl,
        };
        request.Metadata[TextName] = text;
        PutObjectResponse answer = await client.PutObjectAsync(request, cancellationToken);
        return string.IsNullOrEmpty(answer.ETag) ? throw new StorageException(name, S3Faults.NoS3) : true;
    }, cancellationToken, acl);

    public Task RemoveAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) => Guard(() => bucket.UnlessMissingAsync(async () =>
    {
        await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket.Name, Key = NameOf(kind, key) }, cancellationToken);
        return true;
    }, () => true, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<ListedMark> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListObjectsV2Response page in listing.PagesAsync(name, bucket.Name, ReadAsync, cancellationToken, Prefix))
        {
            foreach (S3Object found in page.S3Objects ?? [])
            {
                if (Uri.UnescapeDataString(found.Key).Split('/') is [_, { } kindName, { } keyName]
                    && Enum.TryParse(kindName, ignoreCase: true, out MarkKind kind) && ImageKey.TryParse(keyName, out ImageKey? key))
                {
                    yield return new ListedMark(kind, key, TimeOf(found.LastModified));
                }
            }
        }

        Task<ListObjectsV2Response> ReadAsync(ListObjectsV2Request request) =>
            Guard(() => client.ListObjectsV2Async(request, cancellationToken), cancellationToken);
    }

    private static string NameOf(MarkKind kind, ImageKey key) => $"{Prefix}{kind.ToString().ToLowerInvariant()}/{key}";

    private static DateTimeOffset TimeOf(DateTime? time) => new((time ?? DateTime.UnixEpoch).ToUniversalTime());

    private async Task<T> Guard<T>(Func<Task<T>> work, CancellationToken cancellationToken, S3CannedACL? sent = null)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (S3Faults.IsOfS3(exception, cancellationToken))
        {
            throw S3Faults.Of(name, exception, bucket.Place, sent);
        }
    }
}
