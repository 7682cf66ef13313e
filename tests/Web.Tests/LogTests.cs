using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What the program logs, as a process of its own.</summary>
[Trait("Storage", "folders")]
public sealed class LogTests : ProgramSite
{
    [Fact]
    public async Task Each_request_is_one_line_with_its_image_or_its_errors_code_and_its_id()
    {
        using ServiceProcess service = StartForReal();
        using HttpClient client = await service.ConnectAsync();
        string key = await UploadAsync(client);
        await PublishAsync(client, key);
        await PublishAsync(client, "1795476840_8949103649.jpg");
        using (await client.GetAsync("/ping"))
        using (await client.GetAsync("/a%0Ainfo%20forged?secret=" + TestService.Secret))
        {
        }

        await StopAsync(service);

        string[] lines = [.. service.Output.Split('\n').Where(line => Regex.IsMatch(line, "info (GET|POST) /"))];
        lines.Should().SatisfyRespectively(
            line => line.Should().MatchRegex($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z info POST /upload 200 {key} in \d+ ms \[\w+:\d+\]$"),
            line => line.Should().MatchRegex($@"info POST /publish 200 {key} in \d+ ms \[\w+:\d+\]$"),
            line => line.Should().MatchRegex(@"info POST /publish 404 unknown_image 1795476840_8949103649\.jpg in \d+ ms \[\w+:\d+\]$"),
            line => line.Should().MatchRegex(@"info GET /a%0Ainfo%20forged 404 unknown_route in \d+ ms \[\w+:\d+\]$"));
        service.Output.Should().NotContain(TestService.Secret);
    }

    [Fact]
    public async Task As_json_each_line_is_an_object_with_the_request_id()
    {
        using ServiceProcess service = StartForReal(("LOG_FORMAT", "json"));
        using HttpClient client = await service.ConnectAsync();
        string key = await UploadAsync(client);
        await StopAsync(service);

        JsonElement[] lines = [.. service.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

        JsonElement request = lines.Should().ContainSingle(line => line.GetProperty("Message").GetString()!.StartsWith("POST /upload 200 ", StringComparison.Ordinal)).Which;
        request.GetProperty("Message").GetString().Should().Contain(key);
        request.GetProperty("Scopes").EnumerateArray().Should().Contain(scope => scope.ToString().Contains("RequestId", StringComparison.Ordinal));
        request.GetProperty("LogLevel").GetString().Should().Be("Information");
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Even_at_the_finest_level_no_secret_is_logged(string format)
    {
        using ServiceProcess service = StartForReal(("LOG_FORMAT", format), ("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"));
        using HttpClient client = await service.ConnectAsync();
        string key = await UploadAsync(client);
        await PublishAsync(client, key);
        using HttpRequestMessage bearer = new(HttpMethod.Post, "/delete?secret=" + TestService.Secret);
        bearer.Headers.TryAddWithoutValidation("Authorization", "Bearer " + TestService.Secret);
        bearer.Content = new FormUrlEncodedContent([KeyValuePair.Create("filenames", key)]);
        using HttpResponseMessage deleted = await client.SendAsync(bearer);
        ((int)deleted.StatusCode).Should().Be(200);
        await StopAsync(service);

        service.Output.Should().Contain("PublishImage took").And.NotContain(TestService.Secret);
        service.Errors.Should().BeEmpty();
    }

    private static async Task StopAsync(ServiceProcess service)
    {
        await service.TerminateAsync();
        await service.ExitCodeAsync();
    }

    private static async Task<string> UploadAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.PostAsync("/upload", new RawForm().File(Pictures.Jpeg(60, 40)).ToContent());
        return (await answer.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
    }

    private static async Task PublishAsync(HttpClient client, string key)
    {
        using FormUrlEncodedContent form = new([KeyValuePair.Create("secret", TestService.Secret), KeyValuePair.Create("filename", key)]);
        using HttpResponseMessage answer = await client.PostAsync("/publish", form);
    }
}
