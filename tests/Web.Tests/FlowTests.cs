using System.Net;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>From a photo on a phone to a picture on a page.</summary>
public sealed class FlowTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Theory]
    [InlineData("jpg", "image/jpeg")]
    [InlineData("png", "image/png")]
    [InlineData("gif", "image/gif")]
    [InlineData("svg", "image/svg+xml")]
    public async Task An_upload_is_published_served_and_deleted(string extension, string contentType)
    {
        byte[] original = Pictures.Of(extension);

        string key = await _service.UploadedAsync(original);

        key.Should().MatchRegex(@"^[0-9]{10}_[0-9]{10}\." + extension + "$");
        string[] names = NamesOf(key);
        (await _service.Incoming.NamesAsync()).Should().Equal(names);
        (await _service.Active.NamesAsync()).Should().BeEmpty();
        if (extension == "svg")
        {
            original = await _service.Incoming.ReadAsync(key); // sanitised, and unchanged from then on
        }

        using HttpResponseMessage published = await _service.PublishAsync(key);
        (await published.ShouldBeJsonAsync(200)).GetRawText().Should().Be("""{"success":true}""");
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        (await _service.Active.NamesAsync()).Should().Equal(names);

        using HttpResponseMessage served = await _service.Client.GetAsync($"/active/{key}");
        (await served.Content.ReadAsByteArrayAsync()).Should().Equal(original, "the original is kept to the byte");
        served.Content.Headers.ContentType!.ToString().Should().Be(contentType);
        foreach (string thumbnail in names.Where(name => name != key))
        {
            byte[] bytes = await _service.Client.GetByteArrayAsync($"/active/{thumbnail}");
            Look.AtQuadrants(bytes).ShouldLookLike(Pictures.QuadrantColours);
        }

        using HttpResponseMessage deleted = await _service.DeleteAsync(key);
        (await deleted.ShouldBeJsonAsync(200)).GetRawText().Should().Be("""{"success":true}""");
        (await _service.Active.NamesAsync()).Should().BeEmpty();
        using HttpResponseMessage gone = await _service.Client.GetAsync($"/active/{key}");
        await gone.ShouldBeProblemAsync(404, "unknown_image");
        Directory.EnumerateFileSystemEntries(_service.Temp).Should().BeEmpty();
    }

    [Fact]
    public async Task A_publish_and_a_delete_may_be_sent_again()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await _service.PublishAsync(key);
            (await response.ShouldBeJsonAsync(200)).GetProperty("success").GetBoolean().Should().BeTrue();
        }

        (await _service.Active.NamesAsync()).Should().Equal(NamesOf(key));
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await _service.DeleteAsync(key);
            (await response.ShouldBeJsonAsync(200)).GetProperty("success").GetBoolean().Should().BeTrue();
        }

        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Publish_and_delete_take_multipart_forms_too()
    {
        string first = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        string second = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        foreach (string key in new[] { first, second })
        {
            using HttpResponseMessage published = await _service.SendAsync(
                new RawForm().Text("secret", TestService.Secret).Text("filename", key), "/publish");
            await published.ShouldBeJsonAsync(200);
        }

        (await _service.Active.NamesAsync()).Should().HaveCount(8);

        using HttpResponseMessage deleted = await _service.SendAsync(
            new RawForm().Text("filenames", first).Text("filenames", second).Text("secret", TestService.Secret), "/delete");

        await deleted.ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_delete_before_the_publish_takes_it_from_incoming()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(120, 80));

        using HttpResponseMessage deleted = await _service.DeleteAsync(key);

        await deleted.ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        using HttpResponseMessage published = await _service.PublishAsync(key);
        await published.ShouldBeProblemAsync(404, "unknown_image");
    }

    [Fact]
    public async Task A_turned_phone_photo_with_a_place_comes_out_upright_and_without_it()
    {
        byte[] original = Pictures.OrientedJpeg(1800, 1200, orientation: 6, gps: true);
        string key = await _service.UploadedAsync(original);
        using HttpResponseMessage published = await _service.PublishAsync(key);
        await published.ShouldBeJsonAsync(200);

        byte[] big = await _service.Client.GetByteArrayAsync($"/active/{key.Replace(".jpg", "BI.jpg", StringComparison.Ordinal)}");

        Look.SizeOf(big).Should().Be((1500, 1000));
        Look.AtQuadrants(big).ShouldLookLike(Pictures.QuadrantColours);
        Look.ExtrasOf(big).Should().BeEmpty();
        (await _service.Active.ReadAsync(key)).Should().Equal(original);
    }

    [Fact]
    [Trait("fault", "c2c-3")]
    public async Task Parallel_publishes_of_one_key_all_succeed()
    {
        for (int i = 0; i < 10; i++)
        {
            string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));

            HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _service.PublishAsync(key)));

            answers.Select(answer => answer.StatusCode).Should().AllBeEquivalentTo(HttpStatusCode.OK);
            (await _service.Active.NamesAsync()).Should().HaveCount((i + 1) * 4).And.Contain(NamesOf(key));
            (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Parallel_uploads_of_one_photo_get_names_of_their_own()
    {
        string[] keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _service.UploadedAsync(Pictures.Jpeg(60, 40))));

        keys.Should().OnlyHaveUniqueItems();
        (await _service.Incoming.NamesAsync()).Should().HaveCount(32);
    }

    [Fact]
    public async Task An_upload_with_other_fields_beside_the_file_is_taken()
    {
        using HttpResponseMessage response = await _service.SendAsync(
            new RawForm().Text("title", "a mountain").File(Pictures.Jpeg(60, 40)).Text("note", "later").File([1, 2], field: "other"));

        JsonElement reply = await response.ShouldBeJsonAsync(200);
        reply.GetProperty("success").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Browsers_and_curl_and_requests_send_what_is_taken()
    {
        byte[] photo = Pictures.Jpeg(60, 40);
        RawForm[] forms =
        [
            new RawForm("----WebKitFormBoundary7MA4YWxkTrZu0gW").File(photo, "IMG_0001.jpeg"),
            new RawForm("------------------------d74496d66958873e").File(photo, "photo.jpg"),
            new RawForm("3f1d0a1b2c3d4e5f").File(photo, "photo.jpg", contentType: null),
            new RawForm("b") { ContentType = "multipart/form-data; charset=utf-8; boundary=\"b\"" }.File(photo, "blob"),
            new RawForm().Part("form-data; name=file; filename=photo.jpg", photo, "application/octet-stream"),
            new RawForm().Part("form-data; name=\"file\"; filename*=UTF-8''%C3%A9t%C3%A9.jpg", photo, "image/jpeg"),
        ];

        foreach (RawForm form in forms)
        {
            using HttpResponseMessage response = await _service.SendAsync(form);
            await response.ShouldBeJsonAsync(200);
        }
    }

    private static string[] NamesOf(string key)
    {
        string stem = key[..^4];
        string extension = key.EndsWith(".svg", StringComparison.Ordinal) ? ".jpg" : key[^4..];
        return [.. new[] { key, $"{stem}BI{extension}", $"{stem}MI{extension}", $"{stem}SI{extension}" }.Order(StringComparer.Ordinal)];
    }

    [Fact]
    [Trait("fault", "v6-9")]
    public async Task What_was_not_there_is_there_once_it_is_published()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        using HttpResponseMessage before = await _service.Client.GetAsync($"/active/{key}");
        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);
        using HttpResponseMessage after = await _service.Client.GetAsync($"/active/{key}");

        await before.ShouldBeProblemAsync(404, "unknown_image");
        before.Headers.CacheControl!.NoStore.Should().BeTrue();
        after.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
    }
}
