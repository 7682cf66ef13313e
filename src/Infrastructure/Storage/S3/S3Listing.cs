using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Lists buckets. A page that can't be read is tried again, so that a listing of millions continues where it broke off.</summary>
/// <param name="pauses">Before the second try of a page, the third …</param>
/// <param name="keys">Maximum number of keys on a page.</param>
internal sealed class S3Listing(ILogger log, TimeProvider time, IReadOnlyList<TimeSpan> pauses, int keys = S3Listing.MaxKeys)
{
    public const int MaxKeys = 1000;

    // A service may search for a long time without finding anything, but not forever.
    private const int MaxEmptyPages = 1000;

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

    /// <summary>All pages of a bucket. Keys that are not an image's may be spelt differently.</summary>
    /// <param name="storage">Its name, for error messages.</param>
    /// <param name="read">Throws a <see cref="StorageException"/> if it fails.</param>
    /// <param name="prefix">Prefix of the keys; null: all.</param>
    /// <param name="startAfter">The listing begins after this text; null: at the start.</param>
    /// <exception cref="StorageException">A page can't be read, or the listing does not end.</exception>
    public async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(
        string storage,
        string bucket,
        Func<ListObjectsV2Request, Task<ListObjectsV2Response>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        string? prefix = null,
        string? startAfter = null)
    {
        // Keys of other programs may contain characters that XML can't represent.
        ListObjectsV2Request request = new() { BucketName = bucket, MaxKeys = keys, Prefix = prefix, StartAfter = startAfter, Encoding = EncodingType.Url };
        Circle circle = new();
        while (true)
        {
            ListObjectsV2Response page = await PageAsync(request, read, cancellationToken);
            if (circle.IsClosedBy(page))
            {
                throw new StorageException(storage, "the service's listing does not advance: the same keys are returned again.");
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

    /// <summary>Detects a listing that returns to a page after any number of others, while remembering only one page.</summary>
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
