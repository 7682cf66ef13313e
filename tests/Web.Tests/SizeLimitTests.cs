using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>MAX_UPLOAD_BYTES, for clients that give a length and for those that don't.</summary>
[Trait("Storage", "folders")]
public sealed class SizeLimitTests : IAsyncLifetime
{
    private const int Limit = 10_000;

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync(("MAX_UPLOAD_BYTES", $"{Limit}"));

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Fact]
    public async Task A_file_of_just_that_size_is_taken()
    {
        byte[] photo = Pictures.Jpeg(60, 40);
        byte[] padded = [.. photo, .. new byte[Limit - photo.Length]];

        using HttpResponseMessage response = await _service.UploadAsync(padded);

        await response.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60_000)] // the form's overhead would allow for it
    [InlineData(500_000)]
    public async Task A_file_past_it_is_refused_with_the_limit(int more)
    {
        using HttpResponseMessage response = await _service.UploadAsync([.. Pictures.Jpeg(60, 40), .. new byte[Limit + more]]);

        JsonElement problem = await response.ShouldBeProblemAsync(413, "file_too_large");
        problem.GetProperty("limit").GetInt64().Should().Be(Limit);
        await _service.ShouldHoldNothingAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Expect: 100-continue\r\n")]
    public async Task A_length_past_it_is_refused_before_anything_is_sent(string expectation)
    {
        await using NetworkStream stream = await _service.ConnectAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: x\r\n{expectation}Content-Type: {new RawForm().ContentType}\r\nContent-Length: 100000000\r\n\r\n"));

        string answer = await ReadAnswerAsync(stream);

        answer.Should().StartWith("HTTP/1.1 413").And.Contain("\"code\":\"file_too_large\"").And.Contain($"\"limit\":{Limit},\"actual\":100000000");
        await _service.ShouldHoldNothingAsync();
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(300_000)]
    [InlineData(5_000_000)]
    public async Task Chunks_past_it_are_refused_with_the_same_code(int bytes)
    {
        byte[] body = new RawForm().File([.. Pictures.Jpeg(60, 40), .. new byte[bytes]]).ToArray();
        await using NetworkStream stream = await _service.ConnectAsync();
        Task<string> answer = ReadAnswerAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: {new RawForm().ContentType}\r\nTransfer-Encoding: chunked\r\n\r\n"));
        try
        {
            foreach (byte[] chunk in body.Chunk(16 * 1024))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
                await stream.WriteAsync(chunk);
                await stream.WriteAsync("\r\n"u8.ToArray());
            }

            await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        }
        catch (IOException)
        {
            // The service has read enough.
        }

        (await answer).Should().StartWith("HTTP/1.1 413").And.Contain("\"code\":\"file_too_large\"").And.Contain($"\"limit\":{Limit}");
        await _service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task A_form_to_publish_past_its_own_limit_is_refused()
    {
        using HttpResponseMessage response = await _service.DeleteAsync([.. Enumerable.Range(0, 50_000).Select(i => $"1475660224_{i:D10}.jpg")]);

        await response.ShouldBeProblemAsync(413, "request_too_large");
    }

    [Fact]
    public async Task Two_thousand_names_in_one_delete_are_not_too_many()
    {
        using HttpResponseMessage response = await _service.DeleteAsync([.. Enumerable.Range(0, 2_000).Select(i => $"1475660224_{i:D10}.jpg")]);

        await response.ShouldBeJsonAsync(200);
    }

    // The head and as much of the body as it announces: the service may keep the connection open.
    private static async Task<string> ReadAnswerAsync(NetworkStream stream)
    {
        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        while (!answer.ToString().Contains('}', StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                break;
            }

            answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}
