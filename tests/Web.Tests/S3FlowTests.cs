using System.Net;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The whole way of a photo, by HTTP, with its storage on a real S3 server.</summary>
[Collection(S3Collection.Name)]
public sealed class S3FlowTests(S3Server server) : IAsyncLifetime
{
    private string _incoming = null!;
    private string _active = null!;
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        if (S3Server.WhySkipped is null)
        {
            _incoming = await server.CreateBucketAsync("incoming");
            _active = await server.CreateBucketAsync("active");
            _service = await StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (S3Server.WhySkipped is null)
        {
            await _service.DisposeAsync();
            await server.DropBucketAsync(_incoming);
            await server.DropBucketAsync(_active);
        }
    }

    [NeedsS3Theory]
    [InlineData("jpg", "image/jpeg")]
    [InlineData("png", "image/png")]
    [InlineData("gif", "image/gif")]
    [InlineData("svg", "image/svg+xml")]
    public async Task A_picture_goes_from_upload_to_delete(string extension, string contentType)
    {
        string key = await _service.UploadedAsync(Pictures.Of(extension));
        (await server.KeysInAsync(_incoming)).Should().HaveCount(4).And.Contain(key);
        using HttpClient anybody = new();
        using HttpResponseMessage closed = await anybody.GetAsync($"{server.Endpoint}/{_incoming}/{key}");
        closed.StatusCode.Should().Be(HttpStatusCode.Forbidden);

        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);

        (await server.KeysInAsync(_incoming)).Should().BeEmpty();
        IReadOnlyList<string> published = await server.KeysInAsync(_active);
        published.Should().HaveCount(4).And.Contain(key);
        foreach (string name in published)
        {
            using HttpResponseMessage open = await anybody.GetAsync($"{server.Endpoint}/{_active}/{name}");
            open.StatusCode.Should().Be(HttpStatusCode.OK);
            open.Content.Headers.ContentType!.ToString().Should().Be(name == key || extension != "svg" ? contentType : "image/jpeg");
            open.Headers.CacheControl!.ToString().Should().Be("public, max-age=77");
        }

        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);
        await (await _service.DeleteAsync(key)).ShouldBeJsonAsync(200);
        (await server.KeysInAsync(_active)).Should().BeEmpty();
        await (await _service.DeleteAsync(key)).ShouldBeJsonAsync(200);
        await (await _service.PublishAsync(key)).ShouldBeProblemAsync(404, "unknown_image");
    }

    [NeedsS3Fact]
    public async Task The_original_stays_byte_for_byte()
    {
        byte[] photo = Pictures.OrientedJpeg(900, 600, orientation: 6, gps: true);
        string key = await _service.UploadedAsync(photo);
        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);

        using HttpClient anybody = new();
        (await anybody.GetByteArrayAsync($"{server.Endpoint}/{_active}/{key}")).Should().Equal(photo);
        (await _service.Client.GetByteArrayAsync($"/active/{key}")).Should().Equal(photo);
    }

    [NeedsS3Fact]
    public async Task A_crop_is_kept_and_a_rotation_turns_it_and_removes_the_old_image()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(600, 400));
        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);

        JsonElement cropped = await (await PostAsync("/recrop", ("filename", key), ("crop", "300x100+0+0"))).ShouldBeJsonAsync(200);
        string second = cropped.GetProperty("filename").GetString()!;
        (await server.KeysInAsync(_active)).Should().HaveCount(8).And.Contain([key, second]);
        await SizeOfThumbnailShouldBeAsync(second, (300, 100));

        JsonElement turned = await (await PostAsync("/rotate", ("filename", second), ("rotation", "90"))).ShouldBeJsonAsync(200);
        string third = turned.GetProperty("filename").GetString()!;

        (await server.KeysInAsync(_active)).Should().HaveCount(8).And.Contain([key, third]).And.NotContain(second);
        (await server.KeysInAsync(_incoming)).Should().BeEmpty();
        await SizeOfThumbnailShouldBeAsync(third, (100, 300));
    }

    [NeedsS3Fact]
    [Trait("fault", "c2c-3")]
    public async Task Parallel_publishes_of_one_key_all_succeed()
    {
        for (int i = 0; i < 5; i++)
        {
            string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _service.PublishAsync(key)));

            answers.Select(answer => answer.StatusCode).Should().AllBeEquivalentTo(HttpStatusCode.OK);
            (await server.KeysInAsync(_active)).Should().HaveCount((i + 1) * 4);
            (await server.KeysInAsync(_incoming)).Should().BeEmpty();
        }
    }

    [NeedsS3Fact]
    [Trait("fault", "c2c-11")]
    public async Task A_missing_bucket_is_a_fault_in_every_answer()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        await using TestService other = await StartAsync(("ACTIVE_BUCKET", "test-there-is-none"));

        foreach (HttpResponseMessage answer in new[]
        {
            await other.PublishAsync(key),
            await other.PublishAsync("1475660224_882910455.jpg"),
            await other.DeleteAsync(key),
            await other.Client.GetAsync("/active/1475660224_882910455.jpg"),
        })
        {
            await answer.ShouldBeProblemAsync(503, "storage_unavailable");
            answer.Headers.RetryAfter!.Delta.Should().BePositive();
        }

        await (await other.Client.GetAsync("/ping")).Content.ReadAsStringAsync();
        other.Logs.All.Should().Contain("the bucket is missing").And.NotContain(server.SecretKey);
    }

    private Task<TestService> StartAsync(params (string Name, string Value)[] variables) =>
        TestService.StartAsync([.. S3Site.VariablesOf(server, server.Endpoint, _incoming, _active), .. variables]);

    private Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        _service.PostAsync(path, [("secret", TestService.Secret), .. fields]);

    private async Task SizeOfThumbnailShouldBeAsync(string key, (int Width, int Height) size)
    {
        using HttpClient anybody = new();
        byte[] big = await anybody.GetByteArrayAsync($"{server.Endpoint}/{_active}/{key.Replace(".jpg", "BI.jpg", StringComparison.Ordinal)}");
        Look.SizeOf(big).Should().Be(size);
    }
}
