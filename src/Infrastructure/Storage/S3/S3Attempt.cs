namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Bounds one attempt of a call to S3; the SDK's own timeout does not cover bodies.</summary>
/// <param name="timeout">Besides the time for the bytes that are sent, or copied inside the service.</param>
/// <param name="largest">Bytes of the largest object that a copy inside the service is given time for.</param>
internal sealed class S3Attempt(TimeSpan timeout, long largest, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Of a slow line; a photo of 4 MB may take 16 s longer.</summary>
    public const double BytesPerSecond = 250_000;

    // Inside the service no line is slow; its disks may be.
    private const double CopiedBytesPerSecond = 4_000_000;

    // A page of a thousand keys of a thousand characters, each of them escaped.
    private const int MaxAnswerBytes = 8_000_000;
    private const int MaxErrorBytes = 1_000_000;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Ceph refuses before the body comes, and takes what comes then for the next request.
        request.Headers.ExpectContinue = false;
        TimeSpan most = timeout + TimeFor(request);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(most);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, patience.Token);
            if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "text/html")
            {
                throw new HttpRequestException(HttpRequestError.InvalidResponse, "a web page came"); // no image is one
            }

            if (HasBodyToKeep(request, response))
            {
                // The whole answer belongs to the attempt: one that stalls or breaks off can be tried again.
                await response.Content.LoadIntoBufferAsync(response.IsSuccessStatusCode ? MaxAnswerBytes : MaxErrorBytes, patience.Token);
            }

            return response;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new HttpRequestException(HttpRequestError.Unknown, $"no answer within {most.TotalSeconds:0.#} seconds", new TimeoutException(exception.Message));
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private TimeSpan TimeFor(HttpRequestMessage request) => TimeSpan.FromSeconds(request.Headers.Contains("x-amz-copy-source")
        ? largest / CopiedBytesPerSecond
        : (request.Content?.Headers.ContentLength ?? 0) / BytesPerSecond);

    // The answer to a HEAD has the length of its object, and no body. The content of an object, the only answer to a GET that has
    // an ETag, is streamed; its reader has limits of its own.
    private static bool HasBodyToKeep(HttpRequestMessage request, HttpResponseMessage response) =>
        request.Method != HttpMethod.Head
        && !(response.IsSuccessStatusCode && request.Method == HttpMethod.Get && response.Headers.NonValidated.Contains("ETag"));
}
