using System.Net.Http.Headers;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>Sends the requests of tus one by one, as a client library would, or as none would.</summary>
internal sealed class TusSender(HttpClient client, string prefix = "")
{
    public const string PartType = "application/offset+octet-stream";

    public Task<HttpResponseMessage> CreateAsync(long? length, byte[]? part = null, params (string Name, string Value)[] headers) => SendAsync(
        HttpMethod.Post, $"{prefix}/files", part, [.. length is { } bytes ? [("Upload-Length", $"{bytes}")] : Array.Empty<(string, string)>(), .. headers]);

    /// <returns>The address of a new upload.</returns>
    public async Task<string> CreatedAsync(long length, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await CreateAsync(length, null, headers);
        return AddressOf(response);
    }

    public string AddressOf(HttpResponseMessage created)
    {
        ((int)created.StatusCode).Should().Be(201);
        return new Uri(new Uri(client.BaseAddress!, $"{prefix}/files"), created.Headers.Location!).AbsolutePath;
    }

    public Task<HttpResponseMessage> PatchAsync(string address, long offset, byte[] part, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Patch, address, part, [("Upload-Offset", $"{offset}"), .. headers]);

    public Task<HttpResponseMessage> HeadAsync(string address) => SendAsync(HttpMethod.Head, address, null);

    public async Task<long> OffsetAsync(string address)
    {
        using HttpResponseMessage response = await HeadAsync(address);
        ((int)response.StatusCode).Should().Be(200);
        return response.Offset();
    }

    /// <returns>The offset, or <paramref name="offset"/> if that can't be said now.</returns>
    public async Task<long> OffsetOrAsync(string address, long offset)
    {
        using HttpResponseMessage response = await HeadAsync(address);
        return response.IsSuccessStatusCode ? response.Offset() : offset;
    }

    public Task<HttpResponseMessage> DeleteAsync(string address) => SendAsync(HttpMethod.Delete, address, null);

    /// <param name="part">Null: without a body.</param>
    /// <param name="headers">An empty value removes the header that is sent by default.</param>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, byte[]? part, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(method, address);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        if (part is not null)
        {
            request.Content = new ByteArrayContent(part);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(PartType);
        }

        foreach ((string name, string value) in headers)
        {
            HttpHeaders of = name == "Content-Type" ? request.Content!.Headers : request.Headers;
            of.Remove(name);
            if (value.Length > 0)
            {
                of.TryAddWithoutValidation(name, value);
            }
        }

        return client.SendAsync(request);
    }
}

internal static class TusAnswers
{
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;

    public static long Offset(this HttpResponseMessage response) =>
        long.Parse(response.Header("Upload-Offset")!, System.Globalization.CultureInfo.InvariantCulture);
}
