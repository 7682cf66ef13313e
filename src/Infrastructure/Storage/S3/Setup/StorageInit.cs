using Amazon.S3;
using Amazon.S3.Model;

namespace ImageBackend.Infrastructure.Storage.S3.Setup;

/// <summary>Creates the two buckets as this service needs them. Safe to run again; whatever exists already stays.</summary>
internal sealed class StorageInit : IStorageSteps
{
    private readonly S3Settings _settings;
    private readonly S3Stores _stores;

    /// <param name="stores">Disposed with this.</param>
    public StorageInit(S3Settings settings, S3Stores stores) => (_settings, _stores) = (settings, stores);

    public IAsyncEnumerable<StorageStep> RunAsync(CancellationToken cancellationToken)
    {
        (AmazonS3Client incoming, AmazonS3Client active) = (_stores.IncomingClient, _stores.ActiveClient);
        (string inBucket, string outBucket) = (_settings.Incoming.Bucket, _settings.Active.Bucket);
        return StorageStep.UntilProblemAsync(
        [
            () => S3Step.TryAsync("incoming: the bucket is there", () => MakeBucketAsync(incoming, inBucket, cancellationToken), cancellationToken, place: _settings.Incoming),
            () => S3Step.TryAsync("active: the bucket is there", () => MakeBucketAsync(active, outBucket, cancellationToken), cancellationToken, place: _settings.Active),
            // Before the rule that empties incoming after a day.
            () => S3Step.TryAsync("incoming, active: they are two buckets", () => StorageStep.AreTwoAsync(_stores.Active, _stores.Stores.Incoming, "BUCKET", cancellationToken), cancellationToken),
            () => S3Step.TryAsync(
                _settings.SendsAcls ? "active: each object is public by its own ACL, the list is closed" : "active: a policy lets anybody read objects, but not list them",
                () => OpenAsync(active, outBucket, cancellationToken),
                cancellationToken),
            () => S3Step.TryAsync("active: pages of any origin may read pixels (CORS)", () => AllowOriginsAsync(active, outBucket, cancellationToken), cancellationToken),
            () => S3Step.TryAsync(
                "incoming: unpublished uploads expire after a day, and so do multipart uploads",
                () => SetRulesAsync(incoming, inBucket, [LifecycleRules.Expiry, LifecycleRules.Abort], cancellationToken),
                cancellationToken,
                isNote: true),
            () => S3Step.TryAsync(
                "active: interrupted multipart uploads expire after a day",
                () => SetRulesAsync(active, outBucket, [LifecycleRules.Abort], cancellationToken),
                cancellationToken,
                isNote: true),
        ], cancellationToken);
    }

    public void Dispose() => _stores.Dispose();

    private static async Task<string?> MakeBucketAsync(AmazonS3Client client, string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, MaxKeys = 1 }, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchBucket")
        {
            await client.PutBucketAsync(new PutBucketRequest { BucketName = bucket }, cancellationToken);
        }

        return null;
    }

    // If the bucket itself were public, anybody could list it, and that alone would not open its objects.
    private async Task<string?> OpenAsync(AmazonS3Client client, string bucket, CancellationToken cancellationToken)
    {
        if (!_settings.SendsAcls)
        {
            await client.PutBucketPolicyAsync(
                bucket,
                $$"""{"Version":"2012-10-17","Statement":[{"Sid":"PublishedImages","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"}]}""",
                cancellationToken);
        }

        return null;
    }

    private static async Task<string?> AllowOriginsAsync(AmazonS3Client client, string bucket, CancellationToken cancellationToken)
    {
        CORSRule rule = new() { AllowedMethods = ["GET", "HEAD"], AllowedOrigins = ["*"], AllowedHeaders = ["*"], MaxAgeSeconds = 3600 };
        await client.PutCORSConfigurationAsync(bucket, new CORSConfiguration { Rules = [rule] }, cancellationToken);
        return null;
    }

    private static async Task<string?> SetRulesAsync(AmazonS3Client client, string bucket, List<LifecycleRule> rules, CancellationToken cancellationToken)
    {
        try
        {
            // Rules of others can't be written back as they were read: a rule that lost its filter would remove too much.
            if ((await LifecycleRules.OfAsync(client, bucket, cancellationToken)).Where(rule => !LifecycleRules.IsOurs(rule)).ToList() is { Count: > 0 } others)
            {
                return rules.Contains(LifecycleRules.Expiry) && !others.Any(LifecycleRules.ExpiresAll)
                    ? "the bucket has lifecycle rules of its own, which are left alone; add one that removes every object after a day"
                    : null;
            }

            await client.PutLifecycleConfigurationAsync(bucket, new LifecycleConfiguration { Rules = rules }, cancellationToken);
            return null;
        }
        catch (AmazonS3Exception exception) when (LifecycleRules.AreUnknown(exception))
        {
            return "this service has no lifecycle rules; run `images clean` regularly instead";
        }
    }
}
