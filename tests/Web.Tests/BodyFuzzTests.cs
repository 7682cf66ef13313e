using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Testing;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>Whatever a body is, the client gets a 4xx for it: bodies of all kinds, changed randomly (fixed seeds).</summary>
[Trait("Storage", "folders")]
public sealed class BodyFuzzTests
{
    private const int Bodies = 20_000;
    private const int OverHttp = 600;

    private static readonly string[] Bits =
    [
        "\\ud800", "\\udfff", "\\u0000", "\"", "\\", "{", "}", "[", "]", ":", ",", "null", "1e999", "-", "%", "%00", "%FF", "%ED%A0%80", "&", "=", "+", "[]", "\r\n", "\r", "\n",
        "\r\n\r\n", "--", "----a-boundary", "\r\n------a-boundary", "\r\n------a-boundary--", "Content-Disposition: ", "form-data", "; name=", "; filename=", "; filename*=UTF-8''%zz",
        "; filename=\"=?utf-8?B?!!!?=\"", "Content-Type: ", "; charset=utf-7", "; charset=utf-16", "; boundary=", "secret", "file", "\0", "\u00e9",
    ];

    private static readonly string[] ContentTypes =
    [
        "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=none", "multipart/form-data; boundary=----a-boundary",
        "multipart/form-data; boundary=\"----a-boundary\"; charset=x", "multipart/form-data; boundary=--=-a/boundary:", "multipart/form-data", "multipart/form-data; boundary=\"",
    ];

    private static readonly byte[] Photo = Pictures.Jpeg(16, 16);

    [Fact]
    public async Task A_form_is_read_or_refused()
    {
        Random random = new(21);
        for (int i = 0; i < Bodies; i++)
        {
            (string contentType, byte[] body) = Draw(random);
            try
            {
                ApiForm form = await ApiForm.ReadAsync(Context(contentType, body));
                _ = (form.Values("secret"), form.Values("filenames"), form.Single("filename"));
            }
            catch (BadHttpRequestException)
            {
                // Refused.
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Body {i} of {contentType}: {Convert.ToBase64String(body)}", exception);
            }
        }
    }

    [Fact]
    public async Task A_file_is_read_or_refused()
    {
        Random random = new(22);
        byte[] buffer = new byte[8192];
        for (int i = 0; i < Bodies; i++)
        {
            (string contentType, byte[] body) = Draw(random);
            try
            {
                await using UploadedFile file = await UploadedFile.OpenAsync(Context(contentType, body).Request, default);
                while (await file.ReadAsync(buffer) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is BadHttpRequestException or InvalidImageException)
            {
                // Refused.
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Body {i} of {contentType}: {Convert.ToBase64String(body)}", exception);
            }
        }
    }

    [Fact]
    public async Task No_body_is_answered_with_500()
    {
        await using TestService service = await TestService.StartAsync();
        Random random = new(23);
        string[] paths = ["/upload", "/publish", "/delete", "/recrop", "/rotate"];
        for (int i = 0; i < OverHttp; i++)
        {
            (string contentType, byte[] body) = Draw(random);
            using ByteArrayContent content = new(body);
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            using HttpResponseMessage response = await service.Client.PostAsync(paths[i % paths.Length], content);

            ((int)response.StatusCode).Should().BeLessThan(500, "body {0} of {1}: {2}", i, contentType, Convert.ToBase64String(body));
        }

        service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    private static DefaultHttpContext Context(string contentType, byte[] body)
    {
        DefaultHttpContext context = new();
        context.Request.Method = HttpMethods.Post;
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream(body);
        return context;
    }

    private static (string ContentType, byte[] Body) Draw(Random random)
    {
        string contentType = ContentTypes[random.Next(ContentTypes.Length)];
        byte[] body = contentType switch
        {
            _ when contentType.StartsWith("application/json", StringComparison.Ordinal) =>
                Encoding.UTF8.GetBytes($$"""{"secret":"{{TestService.Secret}}","filename":"1475660224_882910455.jpg","filenames":["a.jpg","\u00e9",null,1.5e3,{"a":[]}],"crop":null,"rotation":90}"""),
            _ when contentType.StartsWith("multipart", StringComparison.Ordinal) =>
                new RawForm().Text("secret", TestService.Secret).File(Photo, "été.jpg").Text("filenames[]", "a.jpg").ToArray(),
            _ => Encoding.ASCII.GetBytes($"secret={TestService.Secret}&filename=1475660224_882910455.jpg&filenames[]=a.jpg&filenames%5B%5D=%C3%A9&crop=1x1+0+0"),
        };
        List<byte> changed = [.. body];
        for (int i = random.Next(6); i > 0; i--)
        {
            int at = random.Next(changed.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < changed.Count:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed.RemoveRange(at, Math.Min(random.Next(12), changed.Count - at));
                    break;
                case 2:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                case 3:
                    changed.InsertRange(at, changed.GetRange(at, Math.Min(random.Next(200), changed.Count - at)));
                    break;
                default:
                    changed.InsertRange(at, Encoding.UTF8.GetBytes(Bits[random.Next(Bits.Length)]));
                    break;
            }
        }

        return (contentType, [.. changed]);
    }
}
