using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;
using NetVips;

namespace ImageBackend.Web.Tests;

/// <summary>Whatever clients send wrong gets a 4xx with a code, and leaves nothing behind.</summary>
[Trait("fault", "c2c-7")]
[Trait("fault", "c2c-8")]
[Trait("fault", "v6-2")]
[Trait("fault", "v6-3")]
public sealed class BadUploadTests : IAsyncLifetime
{
    private TestService _service = null!;

    public static TheoryData<string> Formats => ["tiff", "bmp", "text", "html", "pdf", "junk", "one byte", "xml of another kind"];

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync()
    {
        await using TestService service = _service; // also stopped if this finds something
        service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty("a client's mistake is no news for the operator");
    }

    [Fact]
    public Task A_form_without_a_part() => ShouldBeRefusedAsync(new RawForm(), "no_file");

    [Fact]
    public Task A_form_with_texts_only() => ShouldBeRefusedAsync(new RawForm().Text("secret", "x").Text("title", "y"), "no_file");

    [Fact]
    public Task A_file_in_another_field() => ShouldBeRefusedAsync(new RawForm().File(Pictures.Jpeg(60, 40), field: "photo"), "no_file");

    [Fact]
    public Task A_text_in_place_of_the_file() => ShouldBeRefusedAsync(new RawForm().Text("file", "photo.jpg"), "no_file");

    [Fact]
    public Task An_empty_file() => ShouldBeRefusedAsync(new RawForm().File([]), "empty_file");

    [Fact]
    public Task A_form_whose_file_was_not_chosen() => ShouldBeRefusedAsync(new RawForm().File([], fileName: "", contentType: "application/octet-stream"), "empty_file");

    [Fact]
    public Task Two_files() => ShouldBeRefusedAsync(
        new RawForm().File(Pictures.Jpeg(60, 40)).Text("between", "x").File(Pictures.Png(60, 40)), "several_files");

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_file_of_another_format_named_jpg(string format)
    {
        using Image image = Pictures.Quadrants(60, 40);
        byte[] file = format switch
        {
            "tiff" => image.TiffsaveBuffer(),
            "bmp" => [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 0, 0, 255, 0],
            "text" => "this is no picture"u8.ToArray(),
            "html" => "<!DOCTYPE html><html><body><svg/></body></html>"u8.ToArray(),
            "pdf" => "%PDF-1.7\n%"u8.ToArray(),
            "one byte" => [0xFF],
            "xml of another kind" => "<?xml version=\"1.0\"?><gpx/>"u8.ToArray(),
            _ => [.. Enumerable.Range(0, 5000).Select(i => (byte)((i * 31) ^ (i >> 3)))],
        };

        await ShouldBeRefusedAsync(new RawForm().File(file, "photo.jpg"), "unsupported_format");
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    [InlineData("svg")]
    [Trait("fault", "c2c-18")]
    public async Task A_picture_that_is_cut_off(string extension)
    {
        using Image noise = Pictures.Noise(200, 150);
        byte[] file = extension switch
        {
            "jpg" => Pictures.Jpeg(noise),
            "png" => noise.PngsaveBuffer(),
            "gif" => noise.GifsaveBuffer(),
            _ => Pictures.SvgBytes(),
        };

        await ShouldBeRefusedAsync(new RawForm().File(Pictures.CutOff(file)), "broken_image");
    }

    [Theory]
    [InlineData("<!DOCTYPE svg [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><text>&e;</text></svg>", "broken_image")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><a></b></svg>", "broken_image")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40000\" height=\"40000\"/>", "too_many_pixels")]
    public Task A_drawing_that_is_hostile_or_broken(string svg, string code) =>
        ShouldBeRefusedAsync(new RawForm().File(Encoding.UTF8.GetBytes(svg), "x.svg"), code);

    [Fact]
    public async Task A_picture_past_the_limits_with_the_limit_and_the_actual_value()
    {
        await using TestService service = await TestService.StartAsync(("MAX_PIXELS", "1000"), ("MAX_FRAMES", "2"));

        using HttpResponseMessage large = await service.UploadAsync(Pictures.Jpeg(60, 40));
        using HttpResponseMessage @long = await service.UploadAsync(Pictures.AnimatedGif(10, 10, [10, 10, 10], 0));

        JsonElement problem = await large.ShouldBeProblemAsync(400, "too_many_pixels");
        problem.GetProperty("limit").GetInt64().Should().Be(1000);
        problem.GetProperty("actual").GetInt64().Should().Be(2400);
        problem = await @long.ShouldBeProblemAsync(400, "too_many_frames");
        problem.GetProperty("limit").GetInt64().Should().Be(2);
        problem.GetProperty("actual").GetInt64().Should().Be(3);
        await service.ShouldHoldNothingAsync();
    }

    [Theory]
    [InlineData("photo.svg", "jpg")]
    [InlineData("drawing.svg", "svg")]
    [InlineData("drawing.png", "svg")]
    [InlineData("drawing", "svg")]
    [InlineData("photo.txt", "png")]
    [Trait("fault", "c2c-14")]
    [Trait("fault", "v6-4")]
    public async Task The_bytes_decide_not_the_name(string fileName, string extension)
    {
        byte[] file = extension switch
        {
            "jpg" => Pictures.Jpeg(60, 40),
            "png" => Pictures.Png(60, 40),
            _ => Pictures.SvgBytes(60, 40),
        };

        using HttpResponseMessage response = await _service.UploadAsync(file, fileName);

        (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString().Should().EndWith($".{extension}");
    }

    [Fact]
    public async Task A_part_without_a_content_type_is_no_mistake()
    {
        using HttpResponseMessage response = await _service.SendAsync(new RawForm().File(Pictures.Jpeg(60, 40), contentType: null));

        await response.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData("../../../etc/passwd.jpg")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\\\..\\\\boot.ini")]
    [InlineData("C:\\\\photos\\\\été.jpg")]
    [InlineData("été à la montagne 🏔.jpg")]
    [InlineData("a \\\"quoted\\\" name.jpg")]
    [InlineData("a; b=c; filename=d.jpg")]
    [InlineData("$(reboot).jpg")]
    [InlineData("%2e%2e%2f%00.jpg")]
    [InlineData("-rf.jpg")]
    public async Task A_name_is_never_used(string fileName)
    {
        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40), fileName);

        (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString().Should().MatchRegex(@"^\d{10}_\d{10}\.jpg$");
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4).And.AllSatisfy(name => name.Should().MatchRegex(@"^\d{10}_\d{10}(BI|MI|SI)?\.jpg$"));
        string incoming = Path.Combine(_service.Folder, "incoming");
        Directory.EnumerateFiles(_service.Folder, "*", SearchOption.AllDirectories).Where(path => !path.StartsWith(incoming, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("a\0b.jpg")]
    [InlineData("a\r\nX-Evil: 1\r\nb.jpg")]
    [InlineData("a\nb.jpg")]
    [InlineData("a\"b.jpg")]
    [InlineData("a\u0001b.jpg")]
    public async Task A_name_that_breaks_its_header_is_refused_or_not_used(string fileName)
    {
        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40), fileName);

        if (response.StatusCode == HttpStatusCode.OK)
        {
            (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString().Should().MatchRegex(@"^\d{10}_\d{10}\.jpg$");
            (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
        }
        else
        {
            string code = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString()!;
            code.Should().BeOneOf("no_file", "malformed_request");
            await response.ShouldBeProblemAsync(400, code);
            await _service.ShouldHoldNothingAsync();
        }
    }

    [Theory]
    [InlineData("application/json", "no_file")]
    [InlineData("application/x-www-form-urlencoded", "no_file")]
    [InlineData("image/jpeg", "no_file")]
    [InlineData("text/plain", "no_file")]
    [InlineData("multipart/mixed; boundary=x", "no_file")]
    [InlineData("nonsense", "no_file")]
    [InlineData("multipart/form-data", "malformed_request")]
    [InlineData("multipart/form-data; boundary=", "malformed_request")]
    [InlineData("multipart/form-data; boundary=\"\"", "malformed_request")]
    public Task A_body_of_another_type(string contentType, string code) =>
        ShouldBeRefusedAsync(new RawForm { ContentType = contentType }.File(Pictures.Jpeg(60, 40)), code);

    [Fact]
    public Task A_boundary_that_is_too_long() => ShouldBeRefusedAsync(new RawForm(new string('b', 300)).File(Pictures.Jpeg(60, 40)), "malformed_request");

    [Fact]
    public Task A_boundary_that_is_not_that_of_the_body() => ShouldBeRefusedAsync(
        new RawForm { ContentType = "multipart/form-data; boundary=other" }.File(Pictures.Jpeg(60, 40)), "malformed_request");

    [Fact]
    public Task A_form_that_ends_in_the_middle_of_the_file() => ShouldBeRefusedAsync(
        new RawForm { IsClosed = false }.File(Pictures.Jpeg(60, 40)), "malformed_request");

    [Fact]
    public Task A_head_of_a_part_that_has_no_end() => ShouldBeRefusedAsync(
        new RawForm().Part($"form-data; name=\"file\"; filename=\"{new string('x', 100_000)}\"", [1], "image/jpeg"), "malformed_request");

    [Fact]
    public Task More_parts_than_any_form_has() => ShouldBeRefusedAsync(
        Enumerable.Range(0, 101).Aggregate(new RawForm(), (form, i) => form.Text($"field{i}", "x")), "malformed_request");

    [Fact]
    public async Task No_body_at_all()
    {
        using HttpResponseMessage response = await _service.Client.PostAsync("/upload", content: null);

        await response.ShouldBeProblemAsync(400, "no_file");
        await _service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_leaves_nothing()
    {
        byte[] body = new RawForm().File(Pictures.Jpeg(620, 410)).ToArray();
        await using (NetworkStream stream = await _service.ConnectAsync())
        {
            await stream.WriteAsync(Head(body.Length));
            await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
            await Eventually.IsAsync(() => Directory.EnumerateFiles(_service.Temp, "original", SearchOption.AllDirectories).Any());
        }

        await Eventually.IsAsync(() => !Directory.EnumerateFileSystemEntries(_service.Temp).Any());
        await _service.ShouldHoldNothingAsync();
    }

    private static byte[] Head(long length) => Encoding.ASCII.GetBytes(
        $"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: {new RawForm().ContentType}\r\nContent-Length: {length}\r\n\r\n");

    private async Task ShouldBeRefusedAsync(RawForm form, string code)
    {
        using HttpResponseMessage response = await _service.SendAsync(form);

        await response.ShouldBeProblemAsync(400, code);
        await _service.ShouldHoldNothingAsync();
    }
}
