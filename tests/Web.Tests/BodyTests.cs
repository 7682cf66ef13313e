using System.Net;
using System.Text;
using System.Text.Json;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>The three kinds of bodies, lists as some clients write them, and paths as c2c accepts them.</summary>
[Trait("Storage", "folders")]
public sealed class BodyTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task JSON_publishes_and_deletes()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage published = await PostJsonAsync("/publish", new { secret = TestService.Secret, filename = key });
        await published.ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().HaveCount(4);

        using HttpResponseMessage deleted = await PostJsonAsync("/delete", new { secret = TestService.Secret, filenames = new[] { key, "../x" } });
        JsonElement reply = await deleted.ShouldBeJsonAsync(200);
        reply.GetProperty("ignored").EnumerateArray().Select(name => name.GetString()).Should().Equal("../x");
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task JSON_null_is_a_value_that_is_not_given()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage published = await PostJsonAsync("/publish", new { secret = TestService.Secret, filename = key, crop = (string?)null });
        using HttpResponseMessage without = await PostJsonAsync("/publish", new { secret = TestService.Secret, filename = (string?)null });
        using HttpResponseMessage deleted = await PostJsonAsync("/delete", new { secret = TestService.Secret, filenames = new[] { null, key } });

        await published.ShouldBeJsonAsync(200);
        await without.ShouldBeProblemAsync(400, "bad_key");
        (await deleted.ShouldBeJsonAsync(200)).TryGetProperty("ignored", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("{\"secret\":\"x\",\"filename\":\"\\ud800\"}")]
    [InlineData("{\"secret\":\"\\udc00 \"}")]
    [InlineData("{\"\\ud800\":\"x\"}")]
    [InlineData("{\"secret\":[\"x\",\"\\ud800\"]}")]
    [InlineData("{\"secret\":\"\\ud800\\u0041\"}")]
    public async Task JSON_with_half_a_character_is_malformed(string json)
    {
        foreach (string path in new[] { "/publish", "/delete", "/recrop", "/rotate" })
        {
            using StringContent content = new(json, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await _service.Client.PostAsync(path, content);

            await response.ShouldBeProblemAsync(400, "malformed_request");
        }

        _service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Theory]
    [InlineData("{\"secret\":\"", "\"}")]
    [InlineData("{\"", "\":1}")]
    [InlineData("{\"secret\":[\"", "\"]}")]
    public async Task JSON_that_is_not_UTF_8_is_malformed(string before, string after)
    {
        foreach (byte[] wrong in new byte[][] { [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80] })
        {
            using ByteArrayContent content = new([.. Encoding.ASCII.GetBytes(before), .. wrong, .. Encoding.ASCII.GetBytes(after)]);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            using HttpResponseMessage response = await _service.Client.PostAsync("/publish", content);

            await response.ShouldBeProblemAsync(400, "malformed_request");
        }

        _service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Theory]
    [InlineData("secret=%00&filename=%00")]
    [InlineData("secret=%ED%A0%80&filename=%FF")]
    [InlineData("secret=%&filename=%zz")]
    [InlineData("=&=&&&;=")]
    public async Task A_form_with_broken_escapes_is_a_mistake_of_the_client(string form)
    {
        using StringContent content = new(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        using HttpResponseMessage response = await _service.Client.PostAsync("/publish", content);

        ((int)response.StatusCode).Should().BeInRange(400, 403);
        _service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "secret=x")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=secret\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\r\n--x--\r\n")]
    public async Task A_charset_that_is_closed_is_a_mistake_of_the_client(string contentType, string form)
    {
        using ByteArrayContent content = new(Encoding.ASCII.GetBytes(form));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using HttpResponseMessage response = await _service.Client.PostAsync("/publish", content);

        await response.ShouldBeProblemAsync(400, "malformed_request");
        _service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Theory]
    [InlineData("/active/%")]
    [InlineData("/active/%FF.jpg")]
    [InlineData("/active/%ED%A0%80.jpg")]
    [InlineData("/active/%00.jpg")]
    [InlineData("/active/a.jpg?%FF=%ED%A0%80&\\")]
    public async Task An_address_with_broken_escapes_is_a_mistake_of_the_client(string address)
    {
        string answer = await _service.SendRawAsync(Encoding.ASCII.GetBytes($"GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));

        answer.Should().StartWith("HTTP/1.1 40");
        _service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    [Fact]
    public async Task A_long_value_is_not_sent_back_in_full()
    {
        using HttpResponseMessage response = await _service.PublishAsync(new string('a', 100_000));

        JsonElement problem = await response.ShouldBeProblemAsync(400, "bad_key");
        problem.GetProperty("detail").GetString()!.Length.Should().BeLessThan(250);
    }

    [Fact]
    public async Task JSON_with_one_name_in_the_place_of_a_list_is_fine()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage deleted = await PostJsonAsync("/delete", new { secret = TestService.Secret, filenames = key });

        await deleted.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("filenames[]")]
    [InlineData("filenames")]
    public async Task Lists_may_be_written_with_brackets(string field)
    {
        string first = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        string second = await _service.UploadedAsync(Pictures.Png(60, 40));

        using HttpResponseMessage deleted = await _service.PostAsync("/delete", ("secret", TestService.Secret), (field, first), (field, second));

        await deleted.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    [Trait("fault", "v6-11")]
    public async Task More_than_a_body_may_hold_is_413_in_each_kind()
    {
        string names = new('a', 1_100_000);
        using StringContent json = new(JsonSerializer.Serialize(new { secret = TestService.Secret, filenames = names }), Encoding.UTF8, "application/json");
        using HttpResponseMessage asJson = await _service.Client.PostAsync("/delete", json);
        using HttpResponseMessage asForm = await _service.PostAsync("/delete", ("secret", TestService.Secret), ("filenames", names));

        await asJson.ShouldBeProblemAsync(413, "request_too_large");
        await asForm.ShouldBeProblemAsync(413, "request_too_large");
    }

    [Theory]
    [InlineData("/PING")]
    [InlineData("/ping/")]
    [InlineData("/Ping/")]
    [Trait("fault", "c2c-23")]
    public async Task Paths_may_have_capitals_and_a_final_slash(string path) => (await _service.Client.GetStringAsync(path)).Should().Be("Pong!");

    [Fact]
    public async Task All_paths_stand_behind_the_prefix()
    {
        await using TestService service = await TestService.StartAsync(("ROUTE_PREFIX", "/img/"));
        using HttpResponseMessage upload = await service.SendAsync(new RawForm().File(Pictures.Jpeg(60, 40)), "/img/upload");
        string key = (await upload.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        using HttpResponseMessage publish = await service.PostAsync("/img/publish", ("secret", TestService.Secret), ("filename", key));
        using HttpResponseMessage image = await service.Client.GetAsync($"/img/active/{key}");
        using HttpResponseMessage without = await service.Client.GetAsync($"/active/{key}");
        using HttpResponseMessage ping = await service.Client.GetAsync("/ping");

        await publish.ShouldBeJsonAsync(200);
        image.StatusCode.Should().Be(HttpStatusCode.OK);
        await without.ShouldBeProblemAsync(404, "unknown_route");
        await ping.ShouldBeProblemAsync(404, "unknown_route");
    }

    [Theory]
    [InlineData("GET", "/upload")]
    [InlineData("PUT", "/publish")]
    [InlineData("DELETE", "/delete")]
    [InlineData("HEAD", "/rotate")]
    [InlineData("PATCH", "/recrop")]
    [Trait("fault", "v6-11")]
    public async Task Another_method_than_POST_is_405_with_Allow(string method, string path)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.Should().Equal("POST");
    }

    private async Task<HttpResponseMessage> PostJsonAsync(string path, object body)
    {
        using StringContent content = new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await _service.Client.PostAsync(path, content);
    }
}
