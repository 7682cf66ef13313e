using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Signs requests the way it was done before 2012, by HMAC with SHA-1, for services that know no other.</summary>
internal sealed class SignatureV2(S3Keys keys, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // Query parameters that are signed, because they say what is requested.
    private static readonly string[] Signed =
    [
        "acl", "cors", "delete", "lifecycle", "location", "partNumber", "policy", "response-content-type", "tagging", "uploadId", "uploads",
        "versionId", "versioning", "versions",
    ];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Remove("x-amz-date");
        request.Headers.Add("x-amz-date", time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        // Amazon's specification of 2006 requires SHA-1.
#pragma warning disable CA5350
        byte[] signature = HMACSHA1.HashData(Encoding.UTF8.GetBytes(keys.SecretKey), Encoding.UTF8.GetBytes(TextToSign(request)));
#pragma warning restore CA5350
        request.Headers.Authorization = new AuthenticationHeaderValue("AWS", $"{keys.AccessKey}:{Convert.ToBase64String(signature)}");
        return base.SendAsync(request, cancellationToken);
    }

    private static string TextToSign(HttpRequestMessage request)
    {
        StringBuilder text = new();
        text.Append(request.Method).Append('\n');
        text.Append(ContentHeader(request, "Content-MD5")).Append('\n');
        text.Append(ContentHeader(request, "Content-Type")).Append('\n');
        text.Append('\n'); // the date is in x-amz-date
        foreach ((string name, IEnumerable<string> values) in request.Headers.NonValidated
            .Select(header => (header.Key.ToLowerInvariant(), (IEnumerable<string>)[.. header.Value]))
            .Where(header => header.Item1.StartsWith("x-amz-", StringComparison.Ordinal))
            .OrderBy(header => header.Item1, StringComparer.Ordinal))
        {
            text.Append(name).Append(':').AppendJoin(',', values.Select(value => value.Trim())).Append('\n');
        }

        Uri uri = request.RequestUri!;
        text.Append(uri.AbsolutePath);
        string[] parts =
        [
            .. uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Where(part => Signed.Contains(part.Split('=')[0]))
                .Select(part => Uri.UnescapeDataString(part).TrimEnd('='))
                .Order(StringComparer.Ordinal),
        ];
        return text.Append(parts.Length > 0 ? "?" : "").AppendJoin('&', parts).ToString();
    }

    private static string ContentHeader(HttpRequestMessage request, string name) =>
        request.Content is { } content && content.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : "";
}
