using System.Net;
using System.Text.RegularExpressions;

namespace ImageBackend.Web.Tests;

/// <summary>The studio's own files, and the root of the service.</summary>
[Trait("Storage", "folders")]
public sealed partial class StudioTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/img")]
    public async Task The_root_leads_to_the_studio_where_it_is_on(string prefix)
    {
        await using TestService service = await TestService.StartAsync(("STUDIO", "1"), ("ROUTE_PREFIX", prefix));

        foreach (string root in new[] { "/", prefix + "/" })
        {
            using HttpResponseMessage response = await GetAsync(service, root);

            response.StatusCode.Should().Be(HttpStatusCode.Redirect);
            response.Headers.Location!.ToString().Should().Be($"{prefix}/studio");
        }

        using HttpResponseMessage slash = await GetAsync(service, $"{prefix}/studio/");
        slash.Headers.Location!.ToString().Should().Be($"{prefix}/studio", "the page's addresses are relative to that");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/img")]
    public async Task The_root_names_the_service_where_it_is_off(string prefix)
    {
        await using TestService service = await TestService.StartAsync(("ROUTE_PREFIX", prefix));

        foreach (string root in new[] { "/", prefix + "/" })
        {
            using HttpResponseMessage response = await GetAsync(service, root);

            response.StatusCode.Should().Be(HttpStatusCode.OK);
            response.Headers.GetValues("Content-Security-Policy").Single().Should().StartWith("default-src 'none'");
            (await response.Content.ReadAsStringAsync()).Should().Contain("<h1>ImageBackend").And.Contain($"href=\"{prefix}/docs\"");
        }

        using HttpResponseMessage studio = await service.Client.GetAsync($"{prefix}/studio");
        await studio.ShouldBeProblemAsync(404, "unknown_route");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/img")]
    public async Task The_page_lets_nothing_in_from_elsewhere(string prefix)
    {
        await using TestService service = await TestService.StartAsync(("STUDIO", "1"), ("ROUTE_PREFIX", prefix));

        using HttpResponseMessage response = await service.Client.GetAsync($"{prefix}/studio");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/html; charset=utf-8");
        response.Headers.GetValues("Content-Security-Policy").Single().Should().Be(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        response.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        response.Headers.CacheControl!.ToString().Should().Be("no-cache");
        response.Headers.Contains("Set-Cookie").Should().BeFalse();
        string html = await response.Content.ReadAsStringAsync();
        html.Should().NotContainAny("http://", "https://", "style=", " onload", " onclick");
        InlineScript().IsMatch(html).Should().BeFalse();
    }

    [Fact]
    public async Task Every_file_that_the_page_names_is_there()
    {
        await using TestService service = await TestService.StartAsync(("STUDIO", "1"), ("ROUTE_PREFIX", "/img"));
        string html = await service.Client.GetStringAsync("/img/studio");

        foreach (string address in Address().Matches(html).Select(match => match.Groups["address"].Value).Where(address => address[0] != '#'))
        {
            using HttpResponseMessage file = await service.Client.GetAsync(new Uri(new Uri(service.Client.BaseAddress!, "/img/studio"), address));
            file.StatusCode.Should().Be(HttpStatusCode.OK, address);
            file.Content.Headers.ContentType!.MediaType.Should().NotBe("application/octet-stream", address);
            if (address.StartsWith("studio/", StringComparison.Ordinal))
            {
                file.Headers.CacheControl!.ToString().Should().Be("public, max-age=31536000, immutable", address);
                using HttpResponseMessage ofAnother = await service.Client.GetAsync($"/img/studio/0123456789abcdef/{address.Split('/', 3)[2]}");
                ofAnother.Headers.CacheControl!.ToString().Should().Be("no-cache", "a page of another version asks for it");
            }
        }

        foreach (string nowhere in new[] { "/img/studio/../studio/0123456789abcdef/nothing.js", "/img/studio/app.js", "/img/studio/0123456789abcdef/" })
        {
            using HttpResponseMessage missing = await service.Client.GetAsync(nowhere);
            await missing.ShouldBeProblemAsync(404, "unknown_route");
        }
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    public async Task It_is_sent_compressed_and_only_once(string accepted, string? expected)
    {
        await using TestService service = await TestService.StartAsync(("STUDIO", "1"));

        using HttpResponseMessage first = await GetAsync(service, "/studio", ("Accept-Encoding", accepted));
        using HttpResponseMessage again = await GetAsync(service, "/studio", ("Accept-Encoding", accepted), ("If-None-Match", first.Headers.ETag!.ToString()));
        using HttpResponseMessage plain = await GetAsync(service, "/studio", ("If-None-Match", first.Headers.ETag!.ToString()));

        first.Content.Headers.ContentEncoding.Should().Equal(expected is null ? [] : new[] { expected });
        first.Headers.Vary.Should().Equal("Accept-Encoding");
        again.StatusCode.Should().Be(HttpStatusCode.NotModified);
        plain.StatusCode.Should().Be(expected is null ? HttpStatusCode.NotModified : HttpStatusCode.OK, "each form has an ETag of its own");
    }

    [Theory]
    [InlineData("/studio")]
    [InlineData("/images")]
    [InlineData("/images/1475660224_882910455.jpg")]
    [InlineData("/incoming/1475660224_882910455.jpg")]
    [InlineData("/figures")]
    [InlineData("/batches/")]
    public async Task A_page_of_another_origin_does_not_get_at_it(string path)
    {
        await using TestService service = await TestService.StartAsync(("STUDIO", "1"), ("ROUTE_PREFIX", "/img"));
        using HttpRequestMessage preflight = new(HttpMethod.Options, "/img" + path);
        preflight.Headers.Add("Origin", "https://www.example.org");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");

        using HttpResponseMessage asked = await service.Client.SendAsync(preflight);
        using HttpResponseMessage got = await GetAsync(service, "/img" + path, ("Origin", "https://www.example.org"), ("Authorization", $"Bearer {TestService.Secret}"));

        foreach (HttpResponseMessage response in new[] { asked, got })
        {
            response.Headers.Select(header => header.Key).Should().NotContain(name => name.StartsWith("Access-Control"));
        }
    }

    private static async Task<HttpResponseMessage> GetAsync(TestService service, string path, params (string Name, string Value)[] headers)
    {
        using HttpClientHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient client = new(handler) { BaseAddress = service.Client.BaseAddress };
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    [GeneratedRegex("""<script(?![^>]*\bsrc=)|<style""")]
    private static partial Regex InlineScript();

    [GeneratedRegex("""(?:src|href)="(?<address>[^"]+)""")]
    private static partial Regex Address();
}
