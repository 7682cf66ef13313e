namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Bounds one attempt of a call to S3; the SDK's own timeout does not cover bodies.</summary>
/// <param name="timeout">Besides the time for the bytes that are sent.</param>
internal sealed class S3Attempt(TimeSpan timeout, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // A slow line; a photo of 4 MB may take 16 s longer.
    private const double BytesPerSecond = 250_000;
    private const int MostAnswerBytes = 16_000_000;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Ceph refuses before the body comes, and takes what comes then for the next request.
        request.Headers.ExpectContinue = false;
        TimeSpan most = timeout + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / BytesPerSecond);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(most);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, patience.Token);
            if (response.IsSuccessStatusCode && MediaTypeOf(response) == "text/html")
            {
                throw new HttpRequestException(HttpRequestError.InvalidResponse, "a web page came"); // no image is one
            }

            if (!IsObject(response))
            {
                // The whole answer belongs to the attempt: one that stalls or breaks off can be tried again.
                await response.Content.LoadIntoBufferAsync(MostAnswerBytes, patience.Token);
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

    // The content of an object is streamed; its reader has a limit of its own.
    private static bool IsObject(HttpResponseMessage response) =>
        response.IsSuccessStatusCode && response.RequestMessage?.Method == HttpMethod.Get
        && MediaTypeOf(response) is not ("application/xml" or "text/xml");

    private static string? MediaTypeOf(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType;
}
