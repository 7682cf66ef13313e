using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>
/// Every request whose answer is known for both predecessors, with our answer beside theirs: <c>docs/compatibility.md</c>
/// is written from these rows and compared with them. <c>UPDATE_DOCS=1</c> rewrites it.
/// </summary>
[Trait("Storage", "folders")]
public sealed partial class CompatibilityTests : IAsyncLifetime
{
    private const string Unknown = "1795476840_8949103649.jpg";
    private const string Intro = """
        # Answers beside those of the predecessors

        Each row was sent to v6_images and c2c_images (running copies; "(read)" marks what was read in their code) and is sent to
        this service by a test that writes this page. Our errors are `application/problem+json`; the code stands here in their
        place. `…` is a new name. Who may read an answer from another origin stands at OPTIONS only: v6_images says it (ACAO `*`) with each
        answer that it makes itself, c2c_images and this service with every one.

        | request | v6_images | c2c_images | here |
        |---|---|---|---|

        """;

    private readonly ApiDocument _document = new();
    private TestService _service = null!;
    private string _published = "";

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(("MAX_UPLOAD_BYTES", "200000"));
        _published = await _service.UploadedAsync(Pictures.Jpeg(120, 80));
        await (await _service.PublishAsync(_published)).ShouldBeJsonAsync(200);
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    [Trait("Engine", "libvips")]
    public async Task The_page_shows_what_is_answered_and_no_answer_is_a_500()
    {
        StringBuilder page = new(Intro.ReplaceLineEndings("\n"));
        foreach (Row row in Rows())
        {
            string ours = await row.Ours();
            ours.Should().NotStartWith("5", "{0}", row.Request);
            page.Append(null, $"| {row.Request} | {row.V6} | {row.C2c} | {ours} |\n");
        }

        // Requests of their own tests: MetricsTests, HealthTests.
        page.Append("| `/metrics` on METRICS_PORT | - | 200 | 200 |\n");
        page.Append("| anything during shutdown | - | 503 `Server is shutting down` | 503 `shutting_down` |\n");
        string path = Repository.File("docs", "compatibility.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, page.ToString());
        }

        (await File.ReadAllTextAsync(path)).Should().Be(page.ToString(), "UPDATE_DOCS=1 dotnet test tests/Web.Tests writes it");
    }

    private IEnumerable<Row> Rows()
    {
        yield return new("`GET /ping`", "200 text/html `Pong!`", "200 `Pong!`", () => GetAsync("/ping"));
        yield return new("`HEAD /ping`", "200", "200", () => AnswerAsync("HEAD", "/ping"));
        yield return new("`GET /ping/`, `GET /PING`", "404", "200 `Pong!`", () => GetAsync("/PING/"));
        yield return new("`POST /ping`", "200 `Pong!`", "405, Allow: HEAD, GET", () => AnswerAsync("POST", "/ping"));
        yield return new("unknown route", "404", "404 `Not Found`", () => GetAsync("/nothing"));
        foreach (string method in new[] { "GET", "PUT", "PATCH", "DELETE" })
        {
            yield return new($"`{method} /upload`", "reaches the view", "405, Allow: POST", () => AnswerAsync(method, "/upload"));
        }

        yield return new("`GET /publish`, `/delete`, `/rotate`", "reaches the view", "405, Allow: POST", () => GetAsync("/publish"));
        yield return new("`OPTIONS /upload`, a preflight", "200, ACAO `*`", "204, ACAO `*` or the origin", () => AnswerAsync("OPTIONS", "/upload", ("Origin", "https://x.example"), ("Access-Control-Request-Method", "POST")));
        yield return new("`OPTIONS /upload` without Origin", "500", "200, Allow: POST", () => AnswerAsync("OPTIONS", "/upload"));
        yield return new("`OPTIONS /upload` of an origin that is not allowed", "200, ACAO `*`", "200, Allow: POST", () => StrangerAsync());
        yield return new("`OPTIONS /publish`, a preflight", "500", "204, ACAO `*` or the origin", () => AnswerAsync("OPTIONS", "/publish", ("Origin", "https://x.example"), ("Access-Control-Request-Method", "POST")));

        yield return new("upload a photo", "200 `{\"filename\":\"…\"}`", "200 `{\"success\":true,\"filename\":\"…\"}`", () => UploadAsync(new RawForm().File(Pictures.Jpeg(60, 40))));
        yield return new("upload, part without Content-Type", "200", "**500** `TypeError: …`", () => UploadAsync(new RawForm().File(Pictures.Jpeg(60, 40), contentType: null)));
        yield return new("upload without a body", "**500**", "400 `Missing parameters. Expected values are { file }`", () => AnswerAsync("POST", "/upload"));
        yield return new("upload as JSON", "**500**", "400 `Missing parameters. …`", () => JsonAsync("/upload", "{\"file\":\"x\"}"));
        yield return new("upload, urlencoded", "**500**", "400 `Missing parameters. …`", () => PostAsync("/upload", ("file", "x")));
        yield return new("upload, no part `file`", "**500**", "**500** `TypeError: …`", () => UploadAsync(new RawForm().File(Pictures.Jpeg(60, 40), field: "photo")));
        yield return new("upload, a text in the place of the file", "**500**", "**500** `TypeError: …`", () => UploadAsync(new RawForm().Text("file", "x")));
        yield return new("upload, empty file", "400 `Bad format for empty.jpg`", "400 `Bad parameter file: Invalid input.`", () => UploadAsync(new RawForm().File([])));
        yield return new("upload, two files", "200, the last wins", "400 `Bad parameter file: Invalid input.`", () => UploadAsync(new RawForm().File(Pictures.Jpeg(60, 40)).File(Pictures.Jpeg(60, 40))));
        yield return new("upload, TIFF", "400 `Unsupported image format TIFF`", "400 `Unsupported image format.`", () => UploadAsync(new RawForm().File([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0])));
        yield return new("upload, WebP", "-", "400 `Unsupported image format.`", () => UploadAsync(new RawForm().File(ForeignPictures.WebP(60, 40))));
        yield return new("upload, junk", "400 `Bad format`", "400 `Unsupported image format.`", () => UploadAsync(new RawForm().File("junk"u8.ToArray())));
        yield return new("upload, truncated JPEG", "-", "200, half of it grey", () => UploadAsync(new RawForm().File(Pictures.CutOff(Pictures.Jpeg(400, 300)))));
        yield return new("upload, broken SVG", "**500**", "**500** `Error: Command failed, …`", () => UploadAsync(new RawForm().File("<svg xmlns=\"http://www.w3.org/2000/svg\"><rect>"u8.ToArray(), "x.svg")));
        yield return new("upload, SVG with an external entity", "**500**", "**500** `Error: Command failed, …`", () => UploadAsync(new RawForm().File(Encoding.ASCII.GetBytes("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + Pictures.Svg(inside: "<text>&x;</text>")), "x.svg")));
        yield return new("upload, SVG of 40000x40000", "**500**", "**500** `Error: Command failed, …`", () => UploadAsync(new RawForm().File(Pictures.SvgBytes(40_000, 40_000), "x.svg")));
        yield return new("upload, PNG of 12000x12000", "400 `Bad format`", "**500** `Error: Command failed, …`", () => UploadAsync(new RawForm().File(Pictures.Empty(12_000, 12_000))));
        yield return new("upload, SVG without an .svg name", "200, **a .png with SVG bytes**", "200 (`identify`: **a .png with SVG bytes**)", () => UploadAsync(new RawForm().File(Pictures.SvgBytes(), "photo")));
        yield return new("upload, larger than the limit", "-", "**500** `Error: options.maxFileSize … exceeded`", () => UploadAsync(new RawForm().File(new byte[300_000])));

        yield return new("publish without a secret", "**500** (KeyError)", "401 `Missing secret key.`", () => PostAsync("/publish", ("filename", _published)));
        yield return new("publish, the secret in the address only", "**500**", "401 `Missing secret key.`", () => PostAsync($"/publish?secret={TestService.Secret}", ("filename", _published)));
        yield return new("publish with a bad secret", "403 `Bad secret key`", "403 `Bad secret key.`", () => PostAsync("/publish", ("secret", "bad"), ("filename", _published)));
        yield return new("publish with an empty secret", "403", "403 `Bad secret key.`", () => PostAsync("/publish", ("secret", ""), ("filename", _published)));
        yield return new("publish, secret as number, null or list (JSON)", "**500**", "403 `Bad secret key.`", () => JsonAsync("/publish", "{\"secret\":null}"));
        yield return new("publish, the secret in a list of one (JSON, `secret[]`)", "**500**", "403 `Bad secret key.`", () => JsonAsync("/publish", $$"""{"secret":["{{TestService.Secret}}"],"filename":"{{_published}}"}"""));
        yield return new("publish, JSON with half a character", "**500**", "-", () => JsonAsync("/publish", "{\"secret\":\"\\ud800\"}"));
        yield return new("publish, malformed JSON", "**500**", "**500** `SyntaxError: …`", () => JsonAsync("/publish", "{secret"));
        yield return new("publish, text/plain", "**500**", "403 (parsed as a text)", () => SendAsync("/publish", new StringContent("secret=x", Encoding.UTF8, "text/plain")));
        yield return new("publish without filename", "**500**", "400 `Bad parameter filename: Required.`", () => ApiAsync("/publish"));
        yield return new("publish, a path", "**is followed**, also out of the folder", "400 `Bad parameter filename: Invalid input.`", () => ApiAsync("/publish", ("filename", "../x")));
        yield return new("publish, an old site's key with unpadded numbers", "200", "**400** `Bad parameter filename: Invalid input.`", () => LegacyAsync());
        yield return new("publish, a thumbnail's key", "moves it alone", "moves it alone", () => ApiAsync("/publish", ("filename", Unknown.Replace(".jpg", "BI.jpg", StringComparison.Ordinal))));
        yield return new("publish, two filenames", "-", "400 `Bad parameter filename: Expected string, received array.`", () => ApiAsync("/publish", ("filename", _published), ("filename", _published)));
        yield return new("publish, unknown", "**closes the connection**; S3 (read): **500**", "404 `Unknown image.`", () => ApiAsync("/publish", ("filename", Unknown)));
        yield return new("publish", "200 `{\"success\": true}`", "200 `{\"success\":true}`", async () => await ApiAsync("/publish", ("filename", await _service.UploadedAsync(Pictures.Jpeg(60, 40)))));
        yield return new("publish again", "200 `{\"success\": true}`", "200 `{\"success\":true}`", () => ApiAsync("/publish", ("filename", _published)));
        yield return new("publish with crop", "200, cropped thumbnails", "200, crop ignored", () => ApiAsync("/publish", ("filename", _published), ("crop", "60x40+10+10")));
        yield return new("publish with a crop that is none", "goes to `convert` as it is (read)", "200, crop ignored", () => ApiAsync("/publish", ("filename", _published), ("crop", "0x0")));
        yield return new("publish with JSON", "**500**", "200 `{\"success\":true}`", () => JsonAsync("/publish", JsonSerializer.Serialize(new { secret = TestService.Secret, filename = _published })));

        yield return new("recrop", "200 `{\"filename\": \"…\"}`", "404", () => ApiAsync("/recrop", ("filename", _published), ("crop", "60x40+10+10")));
        yield return new("recrop, unknown", "**closes the connection**", "404", () => ApiAsync("/recrop", ("filename", Unknown), ("crop", "60x40+10+10")));

        yield return new("delete without filenames", "200", "400 `Bad parameter filenames: Invalid input.`", () => ApiAsync("/delete"));
        yield return new("delete, JSON `[]`", "**500**", "400 `… Array must contain at least 1 element(s).`", () => JsonAsync("/delete", $$"""{"secret":"{{TestService.Secret}}","filenames":[]}"""));
        yield return new("delete, one bad name among good ones", "200", "400, nothing is deleted", () => ApiAsync("/delete", ("filenames", Unknown), ("filenames", "../canary.txt")));
        yield return new("delete, unknown", "200 `{\"success\": true}`", "200 `{\"success\":true}`", () => ApiAsync("/delete", ("filenames", Unknown)));
        yield return new("delete, `filenames[]=`", "200", "200 `{\"success\":true}`", () => ApiAsync("/delete", ("filenames[]", Unknown)));
        yield return new("delete, 2000 names", "200", "**500** `PayloadTooLargeError: …`", () => ApiAsync("/delete", [.. Enumerable.Range(0, 2000).Select(i => ("filenames", $"1795476840_{i:D10}.jpg"))]));
        yield return new("delete, JSON of over 1 MB", "**500**", "**500** `PayloadTooLargeError: …`", () => JsonAsync("/delete", $$"""{"secret":"{{new string('x', 1_100_000)}}"}"""));

        yield return new("rotate, SVG", "404", "400 `SVG images rotation is not supported.`", () => ApiAsync("/rotate", ("filename", "1795476840_8949103649.svg"), ("rotation", "90")));
        yield return new("rotate by 45", "404", "400 `Bad parameter rotation: Invalid enum value. …`", () => ApiAsync("/rotate", ("filename", _published), ("rotation", "45")));
        yield return new("rotate without rotation", "404", "200, by 90", async () => await ApiAsync("/rotate", ("filename", await PublishedAsync())));
        yield return new("rotate, JSON number 90", "404", "400 `…, received number.`", async () => await JsonAsync("/rotate", JsonSerializer.Serialize(new { secret = TestService.Secret, filename = await PublishedAsync(), rotation = 90 })));
        yield return new("rotate, not published", "404", "404 `Not found`", () => ApiAsync("/rotate", ("filename", Unknown), ("rotation", "90")));
        yield return new("rotate", "404", "200 `{\"success\":true,\"filename\":\"…\"}`", async () => await ApiAsync("/rotate", ("filename", await PublishedAsync()), ("rotation", "90")));

        yield return new("`GET /active/KEY`", "200", "404", () => GetAsync($"/active/{_published}"));
        yield return new("`GET /active/KEY` of an SVG", "200, no nosniff, no CSP", "404", async () => await GetAsync($"/active/{await PublishedAsync(Pictures.SvgBytes())}"));
        yield return new("`GET /active/KEY`, unknown", "404", "404", () => GetAsync($"/active/{Unknown}"));
    }

    private async Task<string> PublishedAsync(byte[]? picture = null)
    {
        string key = await _service.UploadedAsync(picture ?? Pictures.Jpeg(60, 40));
        await (await _service.PublishAsync(key)).ShouldBeJsonAsync(200);
        return key;
    }

    private async Task<string> StrangerAsync()
    {
        await using TestService service = await TestService.StartAsync(("ALLOWED_ORIGINS", "https://www.example.org"));
        using HttpRequestMessage request = new(HttpMethod.Options, "/upload");
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await service.Client.SendAsync(request);
        await ShouldBeDocumentedAsync(response);
        return await ShortAsync(response);
    }

    private async Task<string> LegacyAsync()
    {
        await _service.Incoming.PutAsync("1475660224_882910455.jpg", Pictures.Jpeg(60, 40));
        return await ApiAsync("/publish", ("filename", "1475660224_882910455.jpg"));
    }

    private Task<string> GetAsync(string path) => AnswerAsync("GET", path);

    private Task<string> UploadAsync(RawForm form) => SendAsync("/upload", form.ToContent());

    private Task<string> ApiAsync(string path, params (string Name, string Value)[] fields) => PostAsync(path, [("secret", TestService.Secret), .. fields]);

    private async Task<string> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using HttpResponseMessage response = await _service.PostAsync(path, fields);
        await ShouldBeDocumentedAsync(response);
        return await ShortAsync(response);
    }

    private Task<string> JsonAsync(string path, string body) => SendAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<string> SendAsync(string path, HttpContent content)
    {
        using HttpResponseMessage response = await _service.Client.PostAsync(path, content);
        await ShouldBeDocumentedAsync(response);
        return await ShortAsync(response);
    }

    private async Task<string> AnswerAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using HttpResponseMessage response = await _service.Client.SendAsync(request);
        await ShouldBeDocumentedAsync(response);
        return await ShortAsync(response);
    }

    private async Task ShouldBeDocumentedAsync(HttpResponseMessage response)
    {
        if (response.RequestMessage!.Method != HttpMethod.Options)
        {
            await _document.ShouldAllowAsync(response);
        }
    }

    // The status, the code of an error or a short body, and the headers that the predecessors' rows mention.
    private static async Task<string> ShortAsync(HttpResponseMessage response)
    {
        List<string> parts = [$"{(int)response.StatusCode}"];
        string type = response.Content.Headers.ContentType?.MediaType ?? "";
        string body = type.StartsWith("image/", StringComparison.Ordinal) ? "" : await response.Content.ReadAsStringAsync();
        if (type == "application/problem+json")
        {
            parts[0] += $" `{JsonDocument.Parse(body).RootElement.GetProperty("code").GetString()}`";
        }
        else if (body.Length > 0)
        {
            parts[0] += $" `{MoreFields().Replace(NewKey().Replace(body, "…"), "…")}`";
        }
        else if (type.Length > 0 && type != "text/plain")
        {
            parts[0] += $" {type}";
        }

        if (response.Content.Headers.Allow.Count > 0)
        {
            parts.Add($"Allow: {string.Join(", ", response.Content.Headers.Allow)}");
        }

        bool isOptions = response.RequestMessage!.Method == HttpMethod.Options;
        foreach ((string header, string name) in new[] { ("Access-Control-Allow-Origin", "ACAO"), ("X-Content-Type-Options", ""), ("Content-Security-Policy", "CSP") })
        {
            if ((isOptions || name != "ACAO") && response.Headers.TryGetValues(header, out IEnumerable<string>? values))
            {
                parts.Add(name switch { "" => values.Single(), "CSP" => "CSP sandbox", _ => $"{name} `{values.Single()}`" });
            }
        }

        return string.Join(", ", parts);
    }

    [GeneratedRegex("[0-9]{10}_[0-9]{10}\\.(jpg|png|gif|svg)")]
    private static partial Regex NewKey();

    // What an upload also answers; docs/http.md has all of it.
    [GeneratedRegex("\"format\":.*(?=\\}$)")]
    private static partial Regex MoreFields();

    private sealed record Row(string Request, string V6, string C2c, Func<Task<string>> Ours);
}
