using System.Net;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Readers that are redirected to the bucket itself.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class S3RedirectTests(S3Server server)
{
    [NeedsS3Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task ACTIVE_REDIRECT_sends_readers_to_the_public_object(string method)
    {
        await using TestStorages storages = await TestStorages.OnS3Async(server, server.Endpoint);
        await using TestService service = await TestService.StartAsync(storages, ("ACTIVE_REDIRECT", "1"), ("CACHE_CONTROL", "public, max-age=77"));
        byte[] photo = Pictures.Jpeg(60, 40);
        string key = await service.UploadedAsync(photo);
        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
        using HttpClient reader = new(new HttpClientHandler { AllowAutoRedirect = false });
        using HttpRequestMessage request = new(new HttpMethod(method), $"http://127.0.0.1:{service.Port}/active/{key}");

        using HttpResponseMessage response = await reader.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Redirect);
        response.Headers.CacheControl!.ToString().Should().Be("public, max-age=77");
        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        (await reader.GetByteArrayAsync(response.Headers.Location)).Should().Equal(photo);
    }

    [NeedsS3Fact]
    public async Task What_is_no_key_is_not_redirected()
    {
        await using TestStorages storages = await TestStorages.OnS3Async(server, server.Endpoint);
        await using TestService service = await TestService.StartAsync(storages, ("ACTIVE_REDIRECT", "1"));

        using HttpResponseMessage response = await service.Client.GetAsync("/active/..%2Fx.jpg");

        await response.ShouldBeProblemAsync(404, "unknown_image");
    }
}
