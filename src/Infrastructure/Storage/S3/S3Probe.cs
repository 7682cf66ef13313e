using Amazon.S3;
using Amazon.S3.Model;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>
/// Detects one bucket with two names (of two endpoints, accounts or aliases): puts a small object under one and looks for it
/// under the other.
/// </summary>
internal static class S3Probe
{
    // Without an extension: never the key of an image.
    private const string Prefix = "image-backend-probe-";

    private static readonly byte[] Content = [.. "A probe of an image service; it may be removed."u8];

    // Longer than any probe takes; anything older was left by a process killed in between.
    private static readonly TimeSpan MaxLife = TimeSpan.FromHours(1);

    /// <exception cref="AmazonS3Exception">One of the buckets does not work.</exception>
    public static async Task<bool> IsSeenAsync(
        AmazonS3Client here, string bucketHere, AmazonS3Client there, string bucketThere, CancellationToken cancellationToken)
    {
        string key = Prefix + Guid.NewGuid().ToString("N");
        using MemoryStream content = new(Content, writable: false);
        PutObjectRequest request = new() { BucketName = bucketHere, Key = key, InputStream = content, AutoCloseStream = false, UseChunkEncoding = false };
        await here.PutObjectAsync(request, cancellationToken);
        try
        {
            return await IsThereAsync(there, bucketThere, key, cancellationToken);
        }
        finally
        {
            await here.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucketHere, Key = key }, CancellationToken.None);
        }
    }

    /// <summary>Removes probes that killed processes left behind.</summary>
    public static async Task SweepAsync(AmazonS3Client client, string bucket, TimeProvider time, CancellationToken cancellationToken)
    {
        ListObjectsV2Response found = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Prefix = Prefix }, cancellationToken);
        foreach (S3Object probe in (found.S3Objects ?? []).Where(probe => probe.LastModified?.ToUniversalTime() < time.GetUtcNow().UtcDateTime - MaxLife))
        {
            await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = probe.Key }, cancellationToken);
        }
    }

    private static async Task<bool> IsThereAsync(AmazonS3Client client, string bucket, string key, CancellationToken cancellationToken)
    {
        try
        {
            await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            return false;
        }
    }
}
