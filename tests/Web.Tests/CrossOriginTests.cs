using System.Net;
using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Pages of other origins may read every answer of every route, as with the predecessors.</summary>
[Trait("fault", "c2c-23")]
[Trait("fault", "v6-11")]
[Trait("Storage", "folders")]
public sealed class CrossOriginTests
{
    private const string Here = "https://www.example.org";
    private const string There = "https://evil.example";
    private const string Key = "1475660224_882910455.jpg";

    [Theory]
    [InlineData("/upload")]
    [InlineData("/publish")]
    [InlineData("/delete")]
    [InlineData("/rotate")]
    [InlineData("/recrop")]
    [InlineData("/ping")]
    [InlineData("/active/" + Key)]
    [InlineData("/nothing")]
    public async Task A_preflight_of_any_route_is_answered_as_c2c_does(string path)
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage response = await PreflightAsync(service, path, Here);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(response, "Access-Control-Allow-Origin").Should().Be("*");
        Header(response, "Access-Control-Allow-Methods").Should().Be("GET,POST");
        Header(response, "Access-Control-Allow-Headers").Should().Be("Origin,Content-Type,Accept,Authorization");
        Header(response, "Access-Control-Max-Age").Should().Be("1728000");
    }

    [Fact]
    public async Task Where_origins_are_listed_one_of_them_is_named_and_another_is_not()
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", $"https://a.example,{Here}"));

        using HttpResponseMessage mine = await PreflightAsync(service, "/publish", Here);
        using HttpResponseMessage other = await PreflightAsync(service, "/publish", There);

        mine.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(mine, "Access-Control-Allow-Origin").Should().Be(Here);
        Header(mine, "Vary").Should().Be("Origin");
        other.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(other, "Access-Control-Allow-Origin").Should().BeNull();
        Header(other, "Access-Control-Allow-Headers").Should().BeNull();
        Header(other, "Vary").Should().Be("Origin");
    }

    [Theory]
    [InlineData("capacitor://localhost")]
    [InlineData("ionic://localhost")]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop")]
    public async Task An_app_has_an_origin_too(string origin)
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", $"{Here},{origin}"));

        using HttpResponseMessage response = await PreflightAsync(service, "/upload", origin);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(response, "Access-Control-Allow-Origin").Should().Be(origin);
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData(Here, Here)]
    public async Task Every_answer_may_be_read_by_the_page(string allowed, string named)
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", allowed), ("MAX_UPLOAD_BYTES", "100000"));
        await service.Active.PutAsync(Key, new byte[1000]);
        service.Client.DefaultRequestHeaders.Add("Origin", Here);
        using HttpResponseMessage first = await service.Client.GetAsync($"/active/{Key}");

        Dictionary<string, HttpResponseMessage> answers = new()
        {
            ["200 of /ping"] = await service.Client.GetAsync("/ping"),
            ["200 of /upload"] = await service.UploadAsync(Pictures.Jpeg(60, 40)),
            ["400 of /upload"] = await service.UploadAsync("no picture"u8.ToArray()),
            ["413 of /upload"] = await service.UploadAsync(new byte[300_000]),
            ["405 of /upload"] = await service.Client.GetAsync("/upload"),
            ["405 of /publish"] = await service.Client.GetAsync("/publish"),
            ["401 of /publish"] = await service.PostAsync("/publish", ("filename", Key)),
            ["403 of /publish"] = await service.PostAsync("/publish", ("secret", "bad"), ("filename", Key)),
            ["400 of /publish"] = await service.PublishAsync("../x"),
            ["404 of /publish"] = await service.PublishAsync("1475660225_882910455.jpg"),
            ["413 of /delete"] = await service.DeleteAsync(new string('a', 1_100_000)),
            ["200 of /delete"] = await service.DeleteAsync(),
            ["404 of nothing"] = await service.Client.GetAsync("/nothing"),
            ["200 of /active"] = first,
            ["200 of HEAD /active"] = await ActiveAsync(service, request => request.Method = HttpMethod.Head),
            ["206 of /active"] = await ActiveAsync(service, request => request.Headers.TryAddWithoutValidation("Range", "bytes=0-9")),
            ["304 of /active"] = await ActiveAsync(service, request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!)),
            ["412 of /active"] = await ActiveAsync(service, request => request.Headers.TryAddWithoutValidation("If-Match", "\"other\"")),
            ["416 of /active"] = await ActiveAsync(service, request => request.Headers.TryAddWithoutValidation("Range", "bytes=1000-")),
            ["404 of /active"] = await service.Client.GetAsync("/active/1475660225_882910455.jpg"),
        };
        await service.LoseAsync(service.Incoming);
        answers["503 of /upload"] = await service.UploadAsync(Pictures.Jpeg(60, 40));

        foreach ((string name, HttpResponseMessage response) in answers)
        {
            ((int)response.StatusCode).ToString().Should().Be(name[..3], name);
            Header(response, "Access-Control-Allow-Origin").Should().Be(named, name);
            Header(response, "Access-Control-Allow-Headers").Should().Be("Origin,Content-Type,Accept,Authorization", name);
            Header(response, "Access-Control-Allow-Methods").Should().Be("GET,POST", name);
            Header(response, "Vary").Should().Be(allowed == "*" ? null : "Origin", name);
            response.Dispose();
        }
    }

    [Fact]
    public async Task An_answer_for_everybody_is_the_same_without_an_origin()
    {
        // Otherwise a cache in between would give a page what was fetched without one.
        await using TestService service = await TestService.StartAsync();
        await service.Active.PutAsync(Key, new byte[10]);

        using HttpResponseMessage response = await service.Client.GetAsync($"/active/{Key}");

        Header(response, "Access-Control-Allow-Origin").Should().Be("*");
        Header(response, "Vary").Should().BeNull();
    }

    [Fact]
    public async Task Where_origins_are_listed_a_cache_is_told_also_without_an_origin()
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", Here));
        await service.Active.PutAsync(Key, new byte[10]);

        using HttpResponseMessage response = await service.Client.GetAsync($"/active/{Key}");

        Header(response, "Access-Control-Allow-Origin").Should().BeNull();
        Header(response, "Vary").Should().Be("Origin");
    }

    [Theory]
    [InlineData("/upload", "POST")]
    [InlineData("/publish", "POST")]
    [InlineData("/ping", "GET,HEAD")]
    [InlineData("/active/" + Key, "GET,HEAD")]
    public async Task OPTIONS_that_is_no_preflight_says_what_is_allowed(string path, string allowed)
    {
        await using TestService service = await TestService.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Options, path);

        using HttpResponseMessage response = await service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        string.Join(",", response.Content.Headers.Allow.Order()).Should().Be(allowed);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_malformed_as_HTTP_is_refused_by_the_server_itself_without_a_word()
    {
        await using TestService service = await TestService.StartAsync();

        string answer = await service.SendRawAsync(Encoding.ASCII.GetBytes($"GET /ping HTTP/1.1\r\nHost: x\r\nOrigin: {Here}\r\nno header\r\n\r\n"));

        answer.Should().StartWith("HTTP/1.1 400").And.NotContain("Access-Control").And.Contain("Content-Length: 0");
    }

    private static async Task<HttpResponseMessage> ActiveAsync(TestService service, Action<HttpRequestMessage> change)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/active/{Key}");
        change(request);
        return await service.Client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> PreflightAsync(TestService service, string path, string origin)
    {
        using HttpRequestMessage request = new(HttpMethod.Options, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await service.Client.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
}
