using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The calls of the predecessors' clients, byte for byte as sent over the wire.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private const string First = "1475660224_882910455.jpg";
    private const string Second = "image1.1.jpg";

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task The_API_publishes_with_Pythons_requests()
    {
        await LayAsync(_service.Incoming, First);

        string answer = await RequestsPostAsync("/publish", $"secret={TestService.Secret}&filename={First}");

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("{\"success\":true}");
        (await _service.Active.NamesAsync()).Should().Contain(First).And.HaveCount(4);
    }

    [Fact]
    public async Task The_API_deletes_with_Pythons_requests()
    {
        await LayAsync(_service.Active, First);
        await LayAsync(_service.Active, Second);

        string answer = await RequestsPostAsync("/delete", $"secret={TestService.Secret}&filenames={First}&filenames={Second}");

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("{\"success\":true}");
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task The_UI_uploads_with_axios_after_a_preflight()
    {
        string preflight = await _service.SendRawAsync(Head($"""
            OPTIONS /upload HTTP/1.1
            Host: 127.0.0.1:{_service.Port}
            Connection: close
            Accept: */*
            Access-Control-Request-Method: POST
            Access-Control-Request-Headers: authorization
            Origin: https://www.camptocamp.org
            Sec-Fetch-Mode: cors
            Sec-Fetch-Site: cross-site
            Sec-Fetch-Dest: empty
            Referer: https://www.camptocamp.org/
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36
            Accept-Encoding: gzip, deflate, br, zstd
            Accept-Language: fr
            """));
        preflight.Should().StartWith("HTTP/1.1 204").And.Contain("Access-Control-Allow-Headers: Origin,Content-Type,Accept,Authorization\r\n");

        // A blob from a canvas has this name, and no longer an orientation.
        byte[] body =
        [
            .. "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\nContent-Type: image/jpeg\r\n\r\n"u8,
            .. Pictures.Jpeg(120, 80), .. "\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n"u8,
        ];
        string answer = await _service.SendRawAsync(
            Head($"""
                POST /upload HTTP/1.1
                Host: 127.0.0.1:{_service.Port}
                Connection: close
                Content-Length: {body.Length}
                Accept: application/json, text/plain, */*
                Authorization: JWT token="eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo"
                Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW
                Origin: https://www.camptocamp.org
                Referer: https://www.camptocamp.org/
                """),
            body);

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("Access-Control-Allow-Origin: *\r\n")
            .And.MatchRegex("\\{\"success\":true,\"filename\":\"[0-9]{10}_[0-9]{10}\\.jpg\",");
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    [Trait("fault", "c2c-7")]
    public async Task The_test_client_of_v6_uploads_a_part_without_Content_Type()
    {
        byte[] body =
        [
            .. "--e2d3b5ae4d0e4c3f9b0a7b2d8f5f0d3c\r\nContent-Disposition: form-data; name=\"file\"; filename=\"piano.png\"\r\n\r\n"u8,
            .. Pictures.Png(120, 80), .. "\r\n--e2d3b5ae4d0e4c3f9b0a7b2d8f5f0d3c--\r\n"u8,
        ];
        string answer = await _service.SendRawAsync(
            Head($"""
                POST /upload HTTP/1.1
                Host: 127.0.0.1:{_service.Port}
                User-Agent: python-requests/2.31.0
                Accept-Encoding: gzip, deflate
                Accept: */*
                Connection: close
                Content-Length: {body.Length}
                Content-Type: multipart/form-data; boundary=e2d3b5ae4d0e4c3f9b0a7b2d8f5f0d3c
                """),
            body);

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.MatchRegex("\"filename\":\"[0-9_]+\\.png\"");
    }

    [Fact]
    public async Task The_load_test_uploads_a_body_of_its_own_making()
    {
        byte[] body =
        [
            .. "------WebKitFormBoundaryPJ9pNAmY8cqyYnqR\r\nContent-Disposition: form-data; name=\"file\"; filename=\"image.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"u8,
            .. Pictures.Jpeg(120, 80), .. "\r\n------WebKitFormBoundaryPJ9pNAmY8cqyYnqR--\r\n"u8,
        ];
        string answer = await _service.SendRawAsync(
            Head($"""
                POST /upload HTTP/1.1
                Content-Type: multipart/form-data; boundary=----WebKitFormBoundaryPJ9pNAmY8cqyYnqR
                Accept: application/json, text/plain, */*
                Accept-Encoding: gzip, deflate
                User-Agent: Gatling
                Host: 127.0.0.1:{_service.Port}
                Connection: close
                Content-Length: {body.Length}
                """),
            body);

        answer.Should().StartWith("HTTP/1.1 200 OK\r\n").And.Contain("\"filename\":\"");
    }

    private static byte[] Head(string lines) => Encoding.ASCII.GetBytes(lines.ReplaceLineEndings("\r\n") + "\r\n\r\n");

    private static async Task LayAsync(TestStorage storage, string key)
    {
        foreach (string suffix in new[] { "", "BI", "MI", "SI" })
        {
            await storage.PutAsync($"{Path.GetFileNameWithoutExtension(key)}{suffix}.jpg", Pictures.Jpeg(60, 40));
        }
    }

    private Task<string> RequestsPostAsync(string path, string body) => _service.SendRawAsync(
        Head($"""
            POST {path} HTTP/1.1
            Host: 127.0.0.1:{_service.Port}
            User-Agent: python-requests/2.9.1
            Accept-Encoding: gzip, deflate
            Accept: */*
            Connection: close
            Content-Length: {body.Length}
            Content-Type: application/x-www-form-urlencoded
            """),
        Encoding.ASCII.GetBytes(body));
}
