using System.Runtime.CompilerServices;
using Amazon.S3.Model;
using ImageBackend.Application.Abstractions;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>How buckets are listed: a page that can't be had is tried again, so that a listing of millions goes on where it broke off.</summary>
/// <param name="pauses">Before the second try of a page, the third …</param>
/// <param name="keys">Of one page.</param>
internal sealed class S3Listing(ILogger log, TimeProvider time, IReadOnlyList<TimeSpan> pauses, int keys = S3Listing.MostKeys)
{
    public const int MostKeys = 1000;

    /// <param name="read">Throws a <see cref="StorageException"/> when it can't.</param>
    public async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(
        string bucket,
        Func<ListObjectsV2Request, Task<ListObjectsV2Response>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListObjectsV2Request request = new() { BucketName = bucket, MaxKeys = keys };
        ListObjectsV2Response page;
        do
        {
            page = await PageAsync(request, read, cancellationToken);
            yield return page;
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    private async Task<ListObjectsV2Response> PageAsync(
        ListObjectsV2Request request, Func<ListObjectsV2Request, Task<ListObjectsV2Response>> read, CancellationToken cancellationToken)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return await read(request);
            }
            catch (StorageException fault) when (request.ContinuationToken is not null && tries < pauses.Count)
            {
                // What does not work at the first page is set wrong, most often; later it is being restarted.
                log.LogWarning("{Fault} The listing goes on in {Seconds:0} s.", fault.Message, pauses[tries].TotalSeconds);
                await Task.Delay(pauses[tries], time, cancellationToken);
            }
        }
    }
}
