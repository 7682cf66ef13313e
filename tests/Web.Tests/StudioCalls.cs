using System.Net.Http.Headers;
using System.Text.Json;

namespace ImageBackend.Web.Tests;

/// <summary>Calls behind the secret, as the studio sends them.</summary>
internal static class StudioCalls
{
    public static async Task<HttpResponseMessage> AskAsync(this TestService service, string path, string? secret = TestService.Secret, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, path);
        request.Headers.Authorization = secret is null ? null : new AuthenticationHeaderValue("Bearer", secret);
        return await service.Client.SendAsync(request);
    }

    public static async Task<JsonElement> AnswerAsync(this TestService service, string path, HttpMethod? method = null)
    {
        using HttpResponseMessage response = await service.AskAsync(path, method: method);
        return await response.ShouldBeJsonAsync(200);
    }

    public static IReadOnlyList<string> Texts(this JsonElement list, string name) => [.. list.EnumerateArray().Select(one => one.GetProperty(name).GetString()!)];
}
