using System.Net;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What anybody gets from the buckets, bypassing the service.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed partial class S3AccessTests(S3Server server)
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

    [NeedsS3Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_prefix_the_SDKs_own_variables_hold_and_a_proxy_of_the_environment_is_taken(bool hasProxy)
    {
        using TempFolder folder = new();
        await using FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        await using TestStorages storages = await TestStorages.OnS3Async(server, server.Endpoint);
        using ServiceProcess service = StartWithoutPrefix(
            folder, storages, ("AWS_ACCESS_KEY_ID", server.AccessKey), ("AWS_SECRET_ACCESS_KEY", server.SecretKey), ("http_proxy", hasProxy ? proxy.Endpoint : ""));
        using HttpClient client = await service.ConnectAsync();

        using HttpResponseMessage uploaded = await client.PostAsync("/upload", new RawForm().File(Pictures.Jpeg(60, 40)).ToContent());

        string key = (await uploaded.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        (await storages.Incoming.NamesAsync()).Should().HaveCount(4).And.Contain(key);
        (proxy.TakeCalls().Count > 0).Should().Be(hasProxy);
        service.Output.Should().NotContain(server.SecretKey).And.NotContain(server.AccessKey);
    }

    [NeedsS3Fact]
    public async Task Without_any_keys_each_answer_is_a_fault_that_says_so()
    {
        using TempFolder folder = new();
        await using TestStorages storages = await TestStorages.OnS3Async(server, server.Endpoint);
        using ServiceProcess service = StartWithoutPrefix(folder, storages, ("AWS_EC2_METADATA_DISABLED", "true")); // the machine that runs these tests may have keys
        using HttpClient client = await service.ConnectAsync();

        using HttpResponseMessage uploaded = await client.PostAsync("/upload", new RawForm().File(Pictures.Jpeg(60, 40)).ToContent());

        await uploaded.ShouldBeProblemAsync(503, "storage_unavailable");
        await service.PrintsAsync(NoKeys());
    }

    private ServiceProcess StartWithoutPrefix(TempFolder folder, TestStorages storages, params (string Name, string Value)[] more) => ServiceProcess.Start(
        folder,
        [
            .. storages.Variables.Where(variable => variable.Name is "STORAGE_BACKEND" or "INCOMING_BUCKET" or "ACTIVE_BUCKET"),
            ("AWS_ENDPOINT_URL", server.Endpoint),
            ("AWS_REGION", "us-east-1"),
            ("API_SECRET_KEY", TestService.Secret),
            ("SERVICE_PORT", "0"),
            ("TEMP_FOLDER", folder.Folder("temp")),
            .. more,
        ]);

    private string AddressOf(TestStorage storage, string name) => $"{server.Endpoint}/{((BucketStorage)storage).Bucket}/{name}";

    [GeneratedRegex("no keys were found")]
    private static partial Regex NoKeys();
}
