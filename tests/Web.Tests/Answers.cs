using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ImageBackend.Web.Tests;

/// <summary>What must be true of every answer.</summary>
internal static class Answers
{
    private static readonly string[] ProblemFields = ["type", "title", "status", "detail", "code", "limit", "actual", "requestId"];

    /// <returns>The body.</returns>
    public static async Task<JsonElement> ShouldBeJsonAsync(this HttpResponseMessage response, int status)
    {
        string body = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, "the answer is: {0}", body);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>An error with a status and a code that reveals nothing of the service's internals.</summary>
    /// <returns>The body.</returns>
    public static async Task<JsonElement> ShouldBeProblemAsync(this HttpResponseMessage response, int status, string code)
    {
        string body = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, "the answer is: {0}", body);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        JsonElement problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("code").GetString().Should().Be(code, "the answer is: {0}", body);
        problem.GetProperty("status").GetInt32().Should().Be(status);
        problem.GetProperty("detail").GetString().Should().NotBeNullOrEmpty();
        problem.EnumerateObject().Select(field => field.Name).Should().BeSubsetOf(ProblemFields);
        body.ShouldTellNothingOfTheInsides();
        return problem;
    }

    public static void ShouldTellNothingOfTheInsides(this string answer)
    {
        foreach (string word in new[] { Path.GetTempPath(), "/proc", "Exception", "System.", "ImageBackend.", "   at ", "libvips", "Vips", "workspace-", TestService.Secret })
        {
            answer.Should().NotContain(word);
        }
    }

    /// <returns>The head and the first object of the body: the service may keep the connection open.</returns>
    public static async Task<string> ReadAnswerAsync(this NetworkStream stream)
    {
        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        int read;
        while (!answer.ToString().Contains('}', StringComparison.Ordinal) && (read = await stream.ReadAsync(buffer)) > 0)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}
