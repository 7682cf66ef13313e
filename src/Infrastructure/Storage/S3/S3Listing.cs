using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>How buckets are listed: a page that can't be read is tried again, so that a listing of millions goes on where it broke off.</summary>
/// <param name="pauses">Before the second try of a page, the third …</param>
/// <param name="keys">Of one page.</param>
internal sealed class S3Listing(ILogger log, TimeProvider time, IReadOnlyList<TimeSpan> pauses, int keys = S3Listing.MaxKeys)
{
    public const int MaxKeys = 1000;

    private readonly ResiliencePipeline _retries = pauses.Count == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<StorageException>(),
            MaxRetryAttempts = pauses.Count,
            DelayGenerator = retry => ValueTask.FromResult<TimeSpan?>(pauses[retry.AttemptNumber]),
            OnRetry = retry =>
            {
                log.LogWarning("{Fault} The listing continues in {Seconds:0} s.", retry.Outcome.Exception?.Message, retry.RetryDelay.TotalSeconds);
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    // A service may search for long without a find, but not forever.
    private const int MaxEmptyPages = 1000;

    /// <summary>All pages of a bucket. Keys that are not an image's may come in another spelling.</summary>
    /// <param name="storage">Its name, for faults.</param>
    /// <param name="read">Throws a <see cref="StorageException"/> when it can't.</param>
    /// <param name="prefix">Of the keys; null: all.</param>
    /// <exception cref="StorageException">A page could not be had, or the listing does not come to an end.</exception>
    public async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(
        string storage,
        string bucket,
        Func<ListObjectsV2Request, Task<ListObjectsV2Response>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        string? prefix = null)
    {
        // Keys of other programs may have characters that XML can't.
        ListObjectsV2Request request = new() { BucketName = bucket, MaxKeys = keys, Prefix = prefix, Encoding = EncodingType.Url };
        Circle circle = new();
        while (true)
        {
            ListObjectsV2Response page = await PageAsync(request, read, cancellationToken);
            if (circle.IsClosedBy(page))
            {
                throw new StorageException(storage, "the service's listing does not advance: the same keys come again.");
            }

            yield return page;
            if (page.IsTruncated != true)
            {
                yield break;
            }

            request.ContinuationToken = page.NextContinuationToken is { Length: > 0 } token
                ? token
                : throw new StorageException(storage, "the service says that the listing continues, but not where: it does not implement ListObjectsV2, which this program needs.");
        }
    }

    // What does not work at the first page is most often a wrong setting; later on, the service is being restarted.
    private async Task<ListObjectsV2Response> PageAsync(
        ListObjectsV2Request request, Func<ListObjectsV2Request, Task<ListObjectsV2Response>> read, CancellationToken cancellationToken) =>
        request.ContinuationToken is null ? await read(request) : await _retries.ExecuteAsync(async _ => await read(request), cancellationToken);

    /// <summary>Tells a listing that comes back to a page, after whatever number of others, and keeps one page in mind for it.</summary>
    private sealed class Circle
    {
        private string? _mark;
        private long _pages;
        private long _nextMark = 1;
        private int _empty;

        public bool IsClosedBy(ListObjectsV2Response page)
        {
            _pages++;
            string? first = page.S3Objects is [{ } found, ..] ? found.Key : null;
            _empty = first is null ? _empty + 1 : 0;
            if (_empty > MaxEmptyPages || (first is not null && first == _mark))
            {
                return true;
            }

            if (first is not null && _pages >= _nextMark)
            {
                (_mark, _nextMark) = (first, 2 * _pages);
            }

            return false;
        }
    }
}
