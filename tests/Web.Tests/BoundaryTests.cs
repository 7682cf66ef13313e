using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Boundaries and part names as clients write them, which does not always follow the standard.</summary>
[Trait("Storage", "folders")]
public sealed class BoundaryTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Theory]
    [InlineData("----=_Part_0_1.2", "multipart/form-data; boundary=----=_Part_0_1.2")] // JavaMail
    [InlineData("--===1626454906178===", "multipart/form-data; boundary=--===1626454906178===")]
    [InlineData("a/b:c?d", "multipart/form-data; boundary=a/b:c?d")]
    [InlineData("a(b)c,d", "multipart/form-data; boundary=a(b)c,d")]
    [InlineData("a=b", "multipart/form-data;charset=utf-8; BOUNDARY = a=b ; x=y")]
    [InlineData("a=b", "Multipart/Form-Data; boundary=\"a=b\"")]
    [InlineData("a b", "multipart/form-data; boundary=\"a b\"")]
    [InlineData("a;b", "multipart/form-data; boundary=\"a;b\"; charset=utf-8")]
    [InlineData("a+b", "multipart/form-data; boundary=\"a\\+b\"")]
    [InlineData("ab", "multipart/form-data; x=\"boundary=no\"; boundary=ab")]
    public async Task Is_taken_with_and_without_quotes_in_uploads_and_forms(string boundary, string contentType)
    {
        using HttpResponseMessage uploaded = await _service.SendAsync(new RawForm(boundary) { ContentType = contentType }.File(Pictures.Jpeg(60, 40)));
        string key = (await uploaded.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;

        using HttpResponseMessage published = await _service.SendAsync(
            new RawForm(boundary) { ContentType = contentType }.Text("secret", TestService.Secret).Text("filename", key), "/publish");

        await published.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData("a\"b", "multipart/form-data; boundary=a\"b")]
    [InlineData("a\"b", "multipart/form-data; boundary=\"a\"b\"")]
    [InlineData("a\"b", "multipart/form-data; boundary=\"a\\\"b\"")]
    [InlineData("\"ab", "multipart/form-data; boundary=\"ab")]
    public async Task With_a_quote_inside_it_is_refused_by_name(string boundary, string contentType)
    {
        foreach (string path in new[] { "/upload", "/publish" })
        {
            using HttpResponseMessage response = await _service.SendAsync(
                new RawForm(boundary) { ContentType = contentType }.Text("secret", TestService.Secret).File(Pictures.Jpeg(60, 40)), path);

            JsonElement problem = await response.ShouldBeProblemAsync(400, "malformed_request");
            problem.GetProperty("detail").GetString().Should().Contain("boundary").And.Contain("quote");
        }
    }

    [Theory]
    [InlineData("form-data; name=\"file\"; filename=\"a \"good\" day.jpg\"")]
    [InlineData("form-data; name=\"file\"; filename=\"20\" x 30\".jpg\"")]
    [InlineData("form-data; filename=\"a\"b.jpg\"; name=\"file\"")]
    [InlineData("form-data; name=file; filename=a photo.jpg")]
    [InlineData("form-data; name=\"file\"; filename=C:\\photos\\a.jpg")]
    [InlineData("form-data; name=\"file\"; filename=\"a;name=other;b.jpg\"")]
    public async Task A_name_with_quotes_that_are_not_escaped_is_a_name_all_the_same(string disposition)
    {
        using HttpResponseMessage response = await _service.SendAsync(new RawForm().Part(disposition, Pictures.Jpeg(60, 40), "image/jpeg"));

        await response.ShouldBeJsonAsync(200);
    }
}
