using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

public sealed class ImageDetailsTests : IAsyncLifetime
{
    private const string Older = "1475660224_882910455.jpg";
    private const string Odd = "-_.azAZ09..x-.jpg";

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(("ROUTE_PREFIX", "/img"), ("GENERATE_WEBP", "1"));

    public async Task DisposeAsync()
    {
        await using TestService service = _service;
        service.Logs.All.Should().NotContainAny(service.Secrets);
    }

    [Fact]
    public async Task Tell_of_an_upload_what_its_answer_told_and_what_became_of_it()
    {
        using HttpResponseMessage response = await _service.SendAsync(new RawForm().File(Pictures.OrientedJpeg(120, 80, orientation: 6, gps: true)), "/img/upload");
        JsonElement uploaded = await response.ShouldBeJsonAsync(200);
        string key = uploaded.GetProperty("filename").GetString()!;

        JsonElement image = await _service.AnswerAsync($"/img/images/{key}");

        image.GetProperty("in").GetString().Should().Be("incoming");
        foreach (string name in new[] { "filename", "width", "height", "format", "bytes", "sha256", "takenAt" })
        {
            image.GetProperty(name).GetRawText().Should().Be(uploaded.GetProperty(name).GetRawText(), name);
        }

        image.GetProperty("thumbhash").GetBytesFromBase64().Length.Should().Be(uploaded.GetProperty("thumbhash").GetBytesFromBase64().Length);
        (image.GetProperty("crop").ValueKind, image.GetProperty("url").ValueKind).Should().Be((JsonValueKind.Null, JsonValueKind.Null));
        JsonElement[] thumbnails = [.. image.GetProperty("thumbnails").EnumerateArray()];
        thumbnails.Should().HaveCount(6, "there are WebP, too, or will be");
        foreach ((JsonElement told, JsonElement made) in thumbnails.Zip(uploaded.GetProperty("thumbnails").EnumerateArray()))
        {
            foreach (string name in new[] { "suffix", "filename", "width", "height", "bytes" })
            {
                told.GetProperty(name).GetRawText().Should().Be(made.GetProperty(name).GetRawText(), name);
            }

            told.GetProperty("recipe").GetString().Should().Be("current");
            told.TryGetProperty("reason", out _).Should().BeFalse();
        }
    }

    [Fact]
    public async Task Tell_of_a_published_image_its_crop_its_address_and_why_a_thumbnail_is_not_current()
    {
        string key = await UploadedAsync(Pictures.Jpeg(600, 400));
        using HttpResponseMessage published = await _service.PostAsync("/img/publish", ("secret", TestService.Secret), ("filename", key), ("crop", "300x300+10+20"));
        await published.ShouldBeJsonAsync(200);
        // Until its WebP are made, what is done here would be put right.
        await Eventually.IsAsync(async () => (await _service.Incoming.NamesAsync()).Count == 0);
        await _service.Active.RemoveAsync(Thumbnail(key, "BI"));
        await _service.Active.PutAsync(Thumbnail(key, "MI"), Pictures.Jpeg(33, 22));

        JsonElement image = await _service.AnswerAsync($"/img/images/{key}");

        (image.GetProperty("in").GetString(), image.GetProperty("crop").GetString()).Should().Be(("active", "300x300+10+20"));
        image.TryGetProperty("expiresAt", out _).Should().BeFalse();
        image.GetProperty("url").GetString().Should().EndWith(key);
        Told(image, Thumbnail(key, "BI")).Should().StartWith("missing 0 xx: It is not there");
        Told(image, Thumbnail(key, "MI")).Should().StartWith($"stale {Pictures.Jpeg(33, 22).Length} 33x22: Nothing says how it was made");
        Told(image, Thumbnail(key, "SI")).Should().MatchRegex("^current [0-9]+ 200x200: $");
        Of(image, Thumbnail(key, "BI")).GetProperty("url").ValueKind.Should().Be(JsonValueKind.Null);
        Of(image, Thumbnail(key, "SI")).GetProperty("url").GetString().Should().EndWith(Thumbnail(key, "SI"));
    }

    [Fact]
    public async Task Tell_of_an_older_sites_image_and_of_a_broken_one_what_can_be_told()
    {
        byte[] photo = Pictures.Jpeg(90, 60);
        await _service.Active.PutAsync(Older, photo);
        await _service.Active.PutAsync(Thumbnail(Older, "SI"), Pictures.Jpeg(20, 20));
        await _service.Active.PutAsync(Odd, [1, 2, 3]);

        JsonElement older = await _service.AnswerAsync($"/img/images/{Older}");
        JsonElement broken = await _service.AnswerAsync($"/img/images/{Odd}");

        (older.GetProperty("width").GetInt32(), older.GetProperty("height").GetInt32()).Should().Be((90, 60));
        older.GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(photo)));
        Told(older, Thumbnail(Older, "SI")).Should().Contain("stale").And.Contain("20x20");
        (broken.GetProperty("width").ValueKind, broken.GetProperty("bytes").GetInt32(), broken.GetProperty("thumbnails").GetArrayLength()).Should().Be((JsonValueKind.Null, 3, 6));
    }

    [Theory]
    [InlineData("1475660224_0.jpg", 404, "unknown_image")]
    [InlineData("1475660224_0BI.jpg", 400, "bad_key")]
    [InlineData("x.webp", 400, "bad_key")]
    [InlineData("..jpg", 400, "bad_key")]
    [InlineData("%2e%2e%2fx.jpg", 400, "bad_key")]
    [InlineData("%3Cb%3E.jpg", 400, "bad_key")]
    public async Task Of_what_is_not_there_are_refused(string key, int status, string code)
    {
        using HttpResponseMessage image = await _service.AskAsync($"/img/images/{key}");

        await image.ShouldBeProblemAsync(status, code);
    }

    [Fact]
    public async Task Of_an_image_that_was_deleted_meanwhile_are_unknown()
    {
        string key = await UploadedAsync(Pictures.Jpeg(60, 40));
        using HttpResponseMessage deleted = await _service.PostAsync("/img/delete", ("secret", TestService.Secret), ("filenames", key));
        await deleted.ShouldBeJsonAsync(200);

        foreach ((string path, HttpMethod method) in new[] { ($"/img/images/{key}", HttpMethod.Get), ($"/img/images/{key}/verify", HttpMethod.Post), ($"/img/incoming/{key}", HttpMethod.Get) })
        {
            using HttpResponseMessage response = await _service.AskAsync(path, method: method);
            await response.ShouldBeProblemAsync(404, "unknown_image");
        }
    }

    [Fact]
    public async Task Are_checked_and_nothing_is_repaired()
    {
        string key = await UploadedAsync(Pictures.Jpeg(600, 400));
        using HttpResponseMessage published = await _service.PostAsync("/img/publish", ("secret", TestService.Secret), ("filename", key));
        await published.ShouldBeJsonAsync(200);
        await Eventually.IsAsync(async () => (await _service.Active.NamesAsync()).Count == 7);
        JsonElement good = await _service.AnswerAsync($"/img/images/{key}/verify", HttpMethod.Post);
        await _service.Active.RemoveAsync(Thumbnail(key, "BI"));

        JsonElement bad = await _service.AnswerAsync($"/img/images/{key}/verify", HttpMethod.Post);

        good.GetProperty("findings").GetArrayLength().Should().Be(0);
        bad.GetProperty("findings").EnumerateArray().Select(one => $"{one.GetProperty("kind")} {one.GetProperty("file")}").Should().Equal($"missing {Thumbnail(key, "BI")}");
        (await _service.Active.NamesAsync()).Should().HaveCount(6);
    }

    [Fact]
    public async Task Include_what_waits_to_be_published_for_whoever_has_the_secret()
    {
        byte[] photo = Pictures.Jpeg(60, 40);
        string key = await UploadedAsync(photo);

        using HttpResponseMessage first = await _service.AskAsync($"/img/incoming/{key}");
        using HttpRequestMessage request = new(HttpMethod.Get, $"/img/incoming/{key}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestService.Secret);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage again = await _service.Client.SendAsync(request);
        using HttpRequestMessage partial = new(HttpMethod.Get, $"/img/incoming/{Thumbnail(key, "SI")}");
        partial.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestService.Secret);
        partial.Headers.Range = new RangeHeaderValue(0, 9);
        using HttpResponseMessage part = await _service.Client.SendAsync(partial);
        using HttpResponseMessage head = await _service.AskAsync($"/img/incoming/{key}", method: HttpMethod.Head);

        (await first.Content.ReadAsByteArrayAsync()).Should().Equal(photo);
        first.Content.Headers.ContentType!.MediaType.Should().Be("image/jpeg");
        first.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        first.Headers.CacheControl!.ToString().Should().Be("no-cache, private");
        again.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (part.StatusCode, part.Content.Headers.ContentLength).Should().Be((HttpStatusCode.PartialContent, 10));
        (head.StatusCode, head.Content.Headers.ContentLength).Should().Be((HttpStatusCode.OK, photo.Length));
    }

    [Fact]
    public async Task Show_a_drawing_that_waits_in_a_sandbox()
    {
        await _service.Incoming.PutAsync("1475660224_7.svg", Pictures.SvgBytes());

        using HttpResponseMessage drawing = await _service.AskAsync("/img/incoming/1475660224_7.svg");

        drawing.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("sandbox").And.StartWith("default-src 'none'");
    }

    private async Task<string> UploadedAsync(byte[] file)
    {
        using HttpResponseMessage response = await _service.SendAsync(new RawForm().File(file), "/img/upload");
        return (await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
    }

    private static string Thumbnail(string key, string suffix) => key.Replace(".jpg", suffix + ".jpg", StringComparison.Ordinal);

    private static JsonElement Of(JsonElement image, string thumbnail) =>
        image.GetProperty("thumbnails").EnumerateArray().Single(one => one.GetProperty("filename").GetString() == thumbnail);

    private static string Told(JsonElement image, string thumbnail)
    {
        JsonElement one = Of(image, thumbnail);
        string reason = one.TryGetProperty("reason", out JsonElement given) ? given.GetString()! : "";
        return $"{one.GetProperty("recipe")} {one.GetProperty("bytes")} {one.GetProperty("width")}x{one.GetProperty("height")}: {reason}".Replace(" x:", " xx:", StringComparison.Ordinal);
    }
}
