using System.Security.Cryptography;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Sends the MD5 of each body that has none: what the SDK sends instead, sums of newer kinds, some services do not take for one.</summary>
/// <remarks>Bodies of objects have theirs already; what is left are lists of keys and rules.</remarks>
internal sealed class ContentMd5(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxBytes = 8_000_000; // a thousand keys of the longest, each character escaped

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { Headers: { ContentLength: > 0, ContentMD5: null } } content)
        {
            await content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            await using Stream body = await content.ReadAsStreamAsync(cancellationToken);
            // Against faults of the line, not of people.
#pragma warning disable CA5351
            content.Headers.ContentMD5 = await MD5.HashDataAsync(body, cancellationToken);
#pragma warning restore CA5351
            body.Position = 0;
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
