using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Names that are not an original's: refused at publish, ignored at delete.</summary>
[Trait("fault", "v6-1")]
[Trait("fault", "c2c-22")]
public sealed class KeyTests : IAsyncLifetime
{
    private TestService _service = null!;

    public static TheoryData<string> BadKeys =>
    [
        "", ".", "..", "../canary.jpg", "a/b.jpg", "/etc/passwd", "..%2Fcanary.jpg", "a%2Fb.jpg", "a\\b.jpg", "a\n.jpg", "a.jpg\n",
        ".hidden.jpg", "photo", "photo.txt", "photo.JPG", "photo.jpeg", "photo.tiff", "été.jpg", "a b.jpg", "*.jpg", "1475660224_882910455.jpg.json",
        "1475660224_0882910455BI.jpg", "1475660224_0882910455MI.png", "1475660224_0882910455SI.jpg", "1475660224_0882910455BI.webp",
        "1475660224_0882910455.webp", "1475660224_0882910455.avif", ".meta/1475660224_0882910455.jpg.json",
    ];

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        await File.WriteAllBytesAsync(Path.Combine(_service.Folder, "canary.jpg"), [1]);
    }

    public async Task DisposeAsync()
    {
        await using TestService service = _service; // also stopped if this finds something
        File.Exists(Path.Combine(service.Folder, "canary.jpg")).Should().BeTrue("it lies outside of both folders");
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task Publish_refuses_what_is_no_original_s_key(string key)
    {
        using HttpResponseMessage response = await _service.PublishAsync(key);

        await response.ShouldBeProblemAsync(400, "bad_key");
    }

    [Fact]
    public async Task Names_with_NUL_are_refused_in_any_form()
    {
        using HttpResponseMessage urlencoded = await _service.PublishAsync("a\0.jpg"); // by the framework's reader
        using HttpResponseMessage multipart = await _service.SendAsync(
            new RawForm().Text("secret", TestService.Secret).Text("filename", "a\0.jpg"), "/publish");

        await urlencoded.ShouldBeProblemAsync(400, "malformed_request");
        await multipart.ShouldBeProblemAsync(400, "bad_key");
    }

    [Fact]
    public async Task Publish_refuses_a_thumbnail_that_is_there()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage response = await _service.PublishAsync(key.Replace(".jpg", "BI.jpg", StringComparison.Ordinal));

        await response.ShouldBeProblemAsync(400, "bad_key");
        (await _service.Active.NamesAsync()).Should().BeEmpty();
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task Publish_needs_a_key()
    {
        using HttpResponseMessage response = await _service.PublishAsync();

        await response.ShouldBeProblemAsync(400, "bad_key");
    }

    [Fact]
    public async Task Publish_takes_one_key_at_a_time()
    {
        string first = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        string second = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage response = await _service.PublishAsync(first, second);

        await response.ShouldBeProblemAsync(400, "malformed_request");
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData("1475660224_0882910455.jpg")]
    [InlineData("1475660224_882910455.jpg")]
    [InlineData("1475660224_7.gif")]
    [InlineData("image1.1.jpg")]
    [InlineData("image1.jpg")]
    public async Task Publish_tells_that_an_image_is_unknown(string key)
    {
        using HttpResponseMessage response = await _service.PublishAsync(key);

        await response.ShouldBeProblemAsync(404, "unknown_image");
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public async Task Delete_passes_over_what_is_no_original_s_key_and_names_it(string bad)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage response = await _service.DeleteAsync(bad, key);

        JsonElement reply = await response.ShouldBeJsonAsync(200);
        reply.GetProperty("success").GetBoolean().Should().BeTrue();
        reply.GetProperty("ignored").EnumerateArray().Select(name => name.GetString()).Should().Equal(bad);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty("one bad name must not keep the others from being deleted");
    }

    [Fact]
    public async Task Delete_of_nothing_and_of_unknown_images_is_done_at_once()
    {
        using HttpResponseMessage nothing = await _service.DeleteAsync();
        using HttpResponseMessage unknown = await _service.DeleteAsync("1475660224_882910455.jpg", "image1.1.jpg", "1475660224_882910455.jpg");

        (await nothing.ShouldBeJsonAsync(200)).GetRawText().Should().Be("""{"success":true}""");
        (await unknown.ShouldBeJsonAsync(200)).GetRawText().Should().Be("""{"success":true}""");
    }

    [Fact]
    public async Task Delete_of_a_thumbnail_leaves_it()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

        using HttpResponseMessage response = await _service.DeleteAsync(key.Replace(".jpg", "MI.jpg", StringComparison.Ordinal));

        await response.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }
}
