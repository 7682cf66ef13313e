using System.Net;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

[Trait("fault", "c2c-23")]
[Trait("fault", "v6-11")]
public sealed class CrossOriginTests
{
    private const string Here = "https://www.example.org";
    private const string There = "https://evil.example";

    [Fact]
    public async Task A_preflight_of_an_upload_with_authorization_is_answered_as_c2c_does()
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage response = await PreflightAsync(service, "/upload", Here);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(response, "Access-Control-Allow-Origin").Should().Be("*");
        Header(response, "Access-Control-Allow-Methods").Should().Be("GET,POST");
        Header(response, "Access-Control-Allow-Headers").Should().Be("Origin,Content-Type,Accept,Authorization");
        Header(response, "Access-Control-Max-Age").Should().Be("1728000");
        Header(response, "Vary").Should().Be("Origin");
    }

    [Fact]
    public async Task Where_origins_are_listed_one_of_them_is_named_and_another_is_not()
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", $"https://a.example,{Here}"));

        using HttpResponseMessage mine = await PreflightAsync(service, "/upload", Here);
        using HttpResponseMessage other = await PreflightAsync(service, "/upload", There);

        mine.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(mine, "Access-Control-Allow-Origin").Should().Be(Here);
        other.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(other, "Access-Control-Allow-Origin").Should().BeNull();
        Header(other, "Vary").Should().Be("Origin");
    }

    [Fact]
    public async Task An_upload_and_its_errors_may_be_read_by_the_page()
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", Here));
        service.Client.DefaultRequestHeaders.Add("Origin", Here);

        using HttpResponseMessage fine = await service.UploadAsync(Pictures.Jpeg(60, 40));
        using HttpResponseMessage refused = await service.UploadAsync("no picture"u8.ToArray());
        using HttpResponseMessage method = await service.Client.GetAsync("/upload");
        await service.LoseAsync(service.Incoming);
        using HttpResponseMessage fault = await service.UploadAsync(Pictures.Jpeg(60, 40));

        foreach (HttpResponseMessage response in new[] { fine, refused, method, fault })
        {
            Header(response, "Access-Control-Allow-Origin").Should().Be(Here);
            Header(response, "Vary").Should().Be("Origin");
        }

        fine.StatusCode.Should().Be(HttpStatusCode.OK);
        await refused.ShouldBeProblemAsync(400, "unsupported_format");
        await fault.ShouldBeProblemAsync(503, "storage_unavailable");
    }

    [Theory]
    [InlineData("/publish")]
    [InlineData("/delete")]
    [InlineData("/rotate")]
    [InlineData("/recrop")]
    public async Task The_routes_with_a_secret_are_for_no_page(string path)
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage response = await PreflightAsync(service, path, Here);

        Header(response, "Access-Control-Allow-Origin").Should().BeNull();
    }

    [Fact]
    public async Task OPTIONS_without_an_origin_says_what_is_allowed()
    {
        await using TestService service = await TestService.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Options, "/upload");

        using HttpResponseMessage response = await service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.Allow.Should().Equal("POST");
        Header(response, "Access-Control-Allow-Origin").Should().BeNull();
    }

    private static async Task<HttpResponseMessage> PreflightAsync(TestService service, string path, string origin)
    {
        using HttpRequestMessage request = new(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await service.Client.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
}
