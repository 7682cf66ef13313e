using Amazon.S3;
using Amazon.S3.Model;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>One bucket. An object counts as missing only if the bucket itself was seen: S3 gives the same answer for both.</summary>
internal sealed class S3Bucket(AmazonS3Client client, S3Place place, TimeProvider time)
{
    private static readonly TimeSpan LooksAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task? _look;
    private long _lookedAt;
    private volatile bool _removesOneByOne;

    public S3Place Place => place;

    public string Name => place.Bucket;

    /// <summary>Whether the service has said that it can't remove several objects in one request.</summary>
    public bool RemovesOneByOne
    {
        get => _removesOneByOne;
        set => _removesOneByOne = value;
    }

    /// <summary>
    /// Requests an object of the bucket and checks the bucket at the same time, not afterwards: "not there" must not cost a second
    /// round trip.
    /// </summary>
    /// <param name="whenMissing">Returns the result if the object is not there.</param>
    /// <exception cref="AmazonS3Exception">The bucket is missing, or something else fails.</exception>
    public async Task<T> UnlessMissingAsync<T>(Func<Task<T>> work, Func<T> whenMissing, CancellationToken cancellationToken)
    {
        Task seen = EnsureExistsAsync();
        try
        {
            return await work();
        }
        catch (AmazonS3Exception exception) when (S3Faults.IsNotFound(exception))
        {
            await seen.WaitAsync(cancellationToken);
            return whenMissing();
        }
    }

    /// <summary>Completes if the bucket was seen, now or within the last ten seconds; otherwise throws what the SDK throws.</summary>
    public Task EnsureExistsAsync()
    {
        lock (_gate)
        {
            if (_look is null || _look.IsFaulted || _look.IsCanceled || time.GetElapsedTime(_lookedAt) > LooksAgainAfter)
            {
                _lookedAt = time.GetTimestamp();
                _look = client.HeadBucketAsync(new HeadBucketRequest { BucketName = Name }, CancellationToken.None); // shared by all callers that wait for it
            }

            return _look;
        }
    }
}
