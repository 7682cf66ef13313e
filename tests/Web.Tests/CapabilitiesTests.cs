using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

public sealed class CapabilitiesTests
{
    private static readonly string[] HeicIfDecoded = File.Exists("/usr/bin/heif-convert") ? ["heic"] : [];

    [Fact]
    public async Task Say_what_is_accepted_and_what_is_made_of_it()
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage response = await service.Client.GetAsync("/capabilities");

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        string[] formats = TestService.Engine == "libvips" ? ["jpg", "png", "gif", "svg", "webp", "avif", .. HeicIfDecoded] : ["jpg", "png", "gif"];
        answer.GetProperty("formats").EnumerateArray().Select(format => format.GetProperty("format").GetString()).Should().Equal(formats);
        answer.GetProperty("limits").GetRawText().Should().Be("""{"bytes":40000000,"drawingBytes":2000000,"pixels":220000000,"side":30000,"frames":500}""");
        answer.GetProperty("resumable").GetProperty("path").GetString().Should().Be("/files");
        answer.GetProperty("resumable").GetProperty("tusVersion").GetString().Should().Be("1.0.0");
        answer.GetProperty("thumbnails").GetRawText().Replace("\\u003E", ">", StringComparison.Ordinal).Should().Be(
            """[{"suffix":"BI","geometry":"1500x1500>"},{"suffix":"MI","geometry":"400x400>"},{"suffix":"SI","geometry":"200x200^","cut":"200x200"}]""");
        response.Headers.CacheControl!.ToString().Should().Be("public, max-age=300");
        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
    }

    [Fact]
    public async Task Follow_the_settings()
    {
        await using TestService service = await TestService.StartAsync(
            ("ROUTE_PREFIX", "/img"),
            ("SVG", "reject"),
            ("CONVERT_UPLOADS", "none"),
            ("IMAGING_ISOLATION", "process"), // in this process, another test may have opened loaders
            ("MAX_UPLOAD_BYTES", "1000000"),
            ("MAX_FRAMES", "7"),
            ("GENERATE_WEBP", "1"),
            ("RESIZING_CONFIG", """[{"suffix": "L", "convert": ["-resize", "1200x1200"]}]"""));

        using HttpResponseMessage response = await service.Client.GetAsync("/img/capabilities");

        JsonElement answer = await response.ShouldBeJsonAsync(200);
        answer.GetProperty("formats").GetArrayLength().Should().Be(3);
        answer.GetProperty("limits").GetProperty("bytes").GetInt64().Should().Be(1_000_000);
        answer.GetProperty("limits").GetProperty("frames").GetInt32().Should().Be(7);
        answer.GetProperty("resumable").GetProperty("path").GetString().Should().Be("/img/files");
        answer.GetProperty("thumbnails").EnumerateArray().Select(one => one.GetProperty("suffix").GetString()).Should().Equal("L");
        answer.GetProperty("modernThumbnails").EnumerateArray().Select(one => one.GetString()).Should().Equal("webp");
    }

    [Fact]
    public async Task Are_true_of_what_happens()
    {
        await using TestService service = await TestService.StartAsync(("MAX_UPLOAD_BYTES", "100000"));
        using HttpResponseMessage response = await service.Client.GetAsync("/capabilities");
        JsonElement answer = await response.ShouldBeJsonAsync(200);
        byte[] photo = new byte[answer.GetProperty("limits").GetProperty("bytes").GetInt32() + 1];
        Pictures.Jpeg(60, 40).CopyTo(photo, 0);

        using HttpResponseMessage largest = await service.UploadAsync(photo[..^1]);
        using HttpResponseMessage tooLarge = await service.UploadAsync(photo);

        JsonElement stored = await largest.ShouldBeJsonAsync(200);
        await tooLarge.ShouldBeProblemAsync(413, "file_too_large");
        stored.GetProperty("format").GetString().Should().Be(answer.GetProperty("formats")[0].GetProperty("storedAs")[0].GetString());
        stored.GetProperty("thumbnails").EnumerateArray().Select(one => one.GetProperty("suffix").GetString())
            .Should().Equal(answer.GetProperty("thumbnails").EnumerateArray().Select(one => one.GetProperty("suffix").GetString()));
    }
}
