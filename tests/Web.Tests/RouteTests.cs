using System.Net;

namespace ImageBackend.Web.Tests;

[Trait("Storage", "folders")]
public sealed class RouteTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Theory]
    [InlineData("/ping")]
    [InlineData("/ping/")]
    [InlineData("/PING")]
    public async Task Ping_is_answered(string address)
    {
        using HttpResponseMessage response = await _service.Client.GetAsync(address);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/plain");
        (await response.Content.ReadAsStringAsync()).Should().Be("Pong!");
    }

    [Fact]
    public async Task Ping_is_answered_to_HEAD()
    {
        using HttpRequestMessage request = new(HttpMethod.Head, "/ping");
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("GET", "/nothing")]
    [InlineData("POST", "/upload/more")]
    [InlineData("DELETE", "/a/b/c")]
    public async Task An_unknown_address_is_told(string method, string address)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), address);
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        await response.ShouldBeProblemAsync(404, "unknown_route");
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/*")]
    [InlineData("application/json, text/plain, */*")]
    public async Task Errors_are_of_one_kind_whatever_is_asked_for(string accept)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/active/1475660224_882910455.jpg");
        request.Headers.Add("Accept", accept);
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        await response.ShouldBeProblemAsync(404, "unknown_image");
    }

    [Theory]
    [InlineData("POST", "/ping", "GET, HEAD")]
    [InlineData("DELETE", "/ping", "GET, HEAD")]
    [InlineData("GET", "/upload", "POST")]
    [InlineData("PUT", "/upload", "POST")]
    [InlineData("GET", "/publish", "POST")]
    [InlineData("DELETE", "/delete", "POST")]
    [InlineData("PATCH", "/delete", "POST")]
    [InlineData("POST", "/active/1475660224_882910455.jpg", "GET, HEAD")]
    public async Task Another_method_is_told_with_those_that_are_allowed(string method, string address, string allowed)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), address);
        using HttpResponseMessage response = await _service.Client.SendAsync(request);

        await response.ShouldBeProblemAsync(405, "method_not_allowed");
        response.Content.Headers.Allow.Order().Should().Equal(allowed.Split(", "));
    }
}
