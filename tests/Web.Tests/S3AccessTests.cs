using System.Net;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What anybody gets of the buckets, past the service.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class S3AccessTests(S3Server server)
{
    [NeedsS3Theory]
    [InlineData("jpg", "image/jpeg")]
    [InlineData("png", "image/png")]
    [InlineData("gif", "image/gif")]
    [InlineData("svg", "image/svg+xml")]
    public async Task Uploads_are_closed_and_what_is_published_is_open_with_type_and_caching(string extension, string contentType)
    {
        await using TestStorages storages = await TestStorages.OnS3Async(server, server.Endpoint);
        await using TestService service = await TestService.StartAsync(storages, ("CACHE_CONTROL", "public, max-age=77"));
        using HttpClient anybody = new();
        string key = await service.UploadedAsync(Pictures.Of(extension));

        (await service.Incoming.NamesAsync()).Should().HaveCount(4);
        foreach (string name in await service.Incoming.NamesAsync())
        {
            using HttpResponseMessage closed = await anybody.GetAsync(AddressOf(service.Incoming, name));
            closed.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        }

        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);

        (await service.Active.NamesAsync()).Should().HaveCount(4);
        foreach (string name in await service.Active.NamesAsync())
        {
            using HttpResponseMessage open = await anybody.GetAsync(AddressOf(service.Active, name));
            open.StatusCode.Should().Be(HttpStatusCode.OK);
            open.Content.Headers.ContentType!.ToString().Should().Be(name == key || extension != "svg" ? contentType : "image/jpeg");
            open.Headers.CacheControl!.ToString().Should().Be("public, max-age=77");
        }
    }

    private string AddressOf(TestStorage storage, string name) => $"{server.Endpoint}/{((BucketStorage)storage).Bucket}/{name}";
}
