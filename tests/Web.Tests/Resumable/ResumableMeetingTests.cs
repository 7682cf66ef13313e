using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>Resumable uploads beside other settings.</summary>
public sealed class ResumableMeetingTests
{
    private const string Here = "https://www.example.org";

    private static readonly byte[] Photo = Pictures.Jpeg(640, 480);

    [Theory]
    [InlineData("*", "*")]
    [InlineData(Here, Here)]
    public async Task A_page_of_an_allowed_origin_may_do_everything_that_tus_needs(string allowed, string named)
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", allowed), ("ROUTE_PREFIX", "/img"));
        TusSender tus = new(service.Client, "/img");
        using HttpRequestMessage preflight = new(HttpMethod.Options, "/img/files/0000");
        preflight.Headers.Add("Origin", Here);
        preflight.Headers.Add("Access-Control-Request-Method", "PATCH");
        preflight.Headers.Add("Access-Control-Request-Headers", "tus-resumable,upload-offset,content-type");
        using HttpResponseMessage allows = await service.Client.SendAsync(preflight);
        service.Client.DefaultRequestHeaders.Add("Origin", Here);

        using HttpResponseMessage created = await tus.CreateAsync(Photo.Length);
        using HttpResponseMessage refused = await tus.CreateAsync(-1);
        using HttpResponseMessage head = await tus.HeadAsync(tus.AddressOf(created));

        allows.StatusCode.Should().Be(HttpStatusCode.NoContent);
        allows.Header("Access-Control-Allow-Origin").Should().Be(named);
        allows.Header("Access-Control-Allow-Methods")!.Split(',').Should().Contain(["POST", "HEAD", "PATCH", "DELETE"]);
        allows.Header("Access-Control-Allow-Headers")!.Split(',').Should().Contain(
            ["Content-Type", "Authorization", "Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Defer-Length", "Upload-Checksum", "X-HTTP-Method-Override"]);
        foreach (HttpResponseMessage response in new[] { created, refused, head })
        {
            response.Header("Access-Control-Allow-Origin").Should().Be(named);
            response.Header("Access-Control-Expose-Headers")!.Split(',').Should().Contain(["Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable"]);
        }
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not()
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", Here));
        service.Client.DefaultRequestHeaders.Add("Origin", "https://evil.example");

        using HttpResponseMessage created = await new TusSender(service.Client).CreateAsync(Photo.Length);

        created.Header("Access-Control-Allow-Origin").Should().BeNull();
        created.Header("Access-Control-Expose-Headers").Should().BeNull();
    }

    [Theory]
    [InlineData("/files", "files/")]
    [InlineData("/files/", "")]
    public async Task Its_address_is_relative_since_a_proxy_may_show_another(string path, string begin)
    {
        await using TestService service = await TestService.StartAsync();

        using HttpResponseMessage created = await new TusSender(service.Client).SendAsync(HttpMethod.Post, path, null, ("Upload-Length", "100"));

        created.Headers.Location!.OriginalString.Should().MatchRegex($"^{begin}[0-9a-f]{{40}}$");
    }

    [Fact]
    public async Task What_is_removed_from_originals_is_removed_from_these_too()
    {
        byte[] photo = Pictures.InsertAfterStart(Photo, Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. ExifWriter.Photo(isBigEndian: true)]));
        await using TestService service = await TestService.StartAsync(("STRIP_ORIGINAL", "gps"), ("EXPOSE_GPS", "1"), ("GENERATE_WEBP", "1"));
        using HttpResponseMessage plain = await service.UploadAsync(photo);
        JsonElement expected = await plain.ShouldBeJsonAsync(200);
        TusSender tus = new(service.Client);

        using HttpResponseMessage all = await tus.CreateAsync(photo.Length, photo);

        JsonElement answer = await all.ShouldBeJsonAsync(201);
        answer.GetProperty("gps").GetRawText().Should().Be(expected.GetProperty("gps").GetRawText());
        answer.GetProperty("sha256").GetString().Should().Be(expected.GetProperty("sha256").GetString()).And.NotBe(Convert.ToHexStringLower(SHA256.HashData(photo)));
    }

    [Fact]
    public async Task Nothing_of_a_partial_upload_is_public()
    {
        await using TestService service = await TestService.StartAsync();
        TusSender tus = new(service.Client);
        string address = await tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage part = await tus.PatchAsync(address, 0, Photo[..^1]);

        foreach (string path in new[] { $"/active/{Path.GetFileName(address)}.bytes", $"/active/partial/{Path.GetFileName(address)}.bytes", $"/active/{Path.GetFileName(address)}.jpg" })
        {
            using HttpResponseMessage response = await service.Client.GetAsync(path);
            response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        }

        (await service.Incoming.EverythingAsync()).Should().BeEmpty();
        (await service.Active.EverythingAsync()).Should().BeEmpty();
    }

    [Fact]
    [Trait("Engine", "libvips")]
    public async Task A_photo_that_must_be_converted_is_and_the_answer_says_from_what()
    {
        await using TestService service = await TestService.StartAsync();
        TusSender tus = new(service.Client);
        byte[] photo = ForeignPictures.WebP();
        string address = await tus.CreatedAsync(photo.Length);

        using HttpResponseMessage first = await tus.PatchAsync(address, 0, photo[..100]);
        using HttpResponseMessage last = await tus.PatchAsync(address, 100, photo[100..]);
        using HttpResponseMessage again = await service.Client.GetAsync(address);

        JsonElement answer = await last.ShouldBeJsonAsync(200);
        answer.GetProperty("convertedFrom").GetString().Should().Be("webp");
        answer.GetProperty("filename").GetString().Should().EndWith(".jpg");
        (await again.Content.ReadAsStringAsync()).Should().Be(await last.Content.ReadAsStringAsync());
        (await service.Incoming.NamesAsync()).Should().HaveCount(4).And.Contain(answer.GetProperty("filename").GetString());
    }
}
