namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Limits the time of one attempt of a call to S3; the SDK's own timeout does not cover bodies.</summary>
/// <param name="timeout">Excludes the time for the bytes that are sent, or copied inside the service.</param>
/// <param name="largest">Size of the largest object that a copy inside the service is given time for, in bytes.</param>
internal sealed class S3Attempt(TimeSpan timeout, long largest, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Speed of a slow line; a photo of 4 MB may take 16 s longer.</summary>
    public const double BytesPerSecond = 250_000;

    // No line inside the service is slow; its disks may be.
    private const double CopiedBytesPerSecond = 4_000_000;

    // A page of a thousand keys of a thousand characters, each escaped.
    private const int MaxAnswerBytes = 8_000_000;
    private const int MaxErrorBytes = 1_000_000;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Ceph refuses before the body arrives, and then takes the body for the next request.
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
                throw new HttpRequestException(HttpRequestError.InvalidResponse, "it answered with a web page"); // no image is a web page
            }

            if (HasBodyToKeep(request, response))
            {
                // The whole answer is part of the attempt: if it stalls or breaks off, the attempt can be repeated.
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

    // The answer to a HEAD has the length of its object, but no body. The content of an object is streamed; it is the only answer to a
    // GET that has an ETag, and its reader has limits of its own.
    private static bool HasBodyToKeep(HttpRequestMessage request, HttpResponseMessage response) =>
        request.Method != HttpMethod.Head
        && !(response.IsSuccessStatusCode && request.Method == HttpMethod.Get && response.Headers.NonValidated.Contains("ETag"));
}
