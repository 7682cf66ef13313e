using System.Security.Cryptography;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>
/// Sends the MD5 of each body that has none. The SDK sends newer kinds of checksum instead, which some services do not accept in its place.
/// </summary>
/// <remarks>Bodies of objects already have one; what remains are lists of keys and rules.</remarks>
internal sealed class ContentMd5(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxBytes = 8_000_000; // a thousand keys of maximum length, each character escaped

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { Headers: { ContentLength: > 0, ContentMD5: null } } content)
        {
            await content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            await using Stream body = await content.ReadAsStreamAsync(cancellationToken);
            // It guards against transmission errors, not against attackers.
#pragma warning disable CA5351
            content.Headers.ContentMD5 = await MD5.HashDataAsync(body, cancellationToken);
#pragma warning restore CA5351
            body.Position = 0;
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
