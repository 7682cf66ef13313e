using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What readers of published images cost: bytes from S3 as they request them, and no connection that others need.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class S3ReaderTests(S3Server server)
{
    private const int Bytes = 3_000_000;
    private const int Readers = 70; // more than the connections that uploads and publishes have
    private const string Key = "1475660224_882910455.jpg";

    [NeedsS3Theory]
    [InlineData("bytes=0-9", 206, 10)]
    [InlineData("bytes=2999990-", 206, 10)]
    [InlineData("bytes=-5", 206, 5)]
    [InlineData("bytes=1000000-1000999", 206, 1000)]
    [InlineData("bytes=3000000-", 416, 0)]
    [InlineData("bytes=0-9,20-29", 200, Bytes)]
    public async Task A_part_takes_its_own_bytes_from_the_bucket(string range, int status, int bytes)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        byte[] content = RandomNumberGenerator.GetBytes(Bytes);
        await site.Service.Active.PutAsync(Key, content);
        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            site.Proxy.TakeCalls();
            using HttpRequestMessage request = new(method, $"/active/{Key}");
            request.Headers.TryAddWithoutValidation("Range", range);

            using HttpResponseMessage response = await site.Service.Client.SendAsync(request);

            ((int)response.StatusCode).Should().Be(status);
            byte[] got = await response.Content.ReadAsByteArrayAsync();
            got.Should().HaveCount(method == HttpMethod.Get ? bytes : 0);
            IEnumerable<S3Call> gets = site.Proxy.TakeCalls().Where(call => call.Method == "GET" && call.Target.Contains(Key, StringComparison.Ordinal));
            gets.Where(call => call.BytesOut > 1000 || status != 416).Sum(call => call.BytesOut).Should().Be(method == HttpMethod.Get ? bytes : 0);
            if (response.Content.Headers.ContentRange?.From is { } from && got.Length > 0)
            {
                got.Should().Equal(content[(int)from..((int)from + bytes)]);
            }
        }
    }

    [NeedsS3Fact]
    public async Task The_rest_of_what_is_the_same_takes_its_own_bytes()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        await site.Service.Active.PutAsync(Key, RandomNumberGenerator.GetBytes(Bytes));
        using HttpResponseMessage first = await site.Service.Client.GetAsync($"/active/{Key}");
        site.Proxy.TakeCalls();
        using HttpRequestMessage request = new(HttpMethod.Get, $"/active/{Key}") { Headers = { Range = new RangeHeaderValue(Bytes - 1000, null), IfRange = new RangeConditionHeaderValue(first.Headers.ETag!) } };

        using HttpResponseMessage response = await site.Service.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.PartialContent);
        site.Proxy.TakeCalls().Where(call => call.Method == "GET" && call.Target.Contains(Key, StringComparison.Ordinal)).Sum(call => call.BytesOut).Should().Be(1000);
    }

    [NeedsS3Fact]
    public async Task Slow_readers_hold_up_no_upload_and_no_publish()
    {
        await using TestService service = await TestService.StartAsync(await TestStorages.OnS3Async(server, server.Endpoint), ("S3_TIMEOUT", "5"));
        await service.Active.PutAsync(Key, RandomNumberGenerator.GetBytes(8_000_000)); // more than all buffers in between
        List<Socket> readers = [];
        try
        {
            for (int i = 0; i < Readers; i++)
            {
                Socket reader = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                readers.Add(reader);
                await reader.ConnectAsync("127.0.0.1", service.Port);
                await reader.SendAsync(Encoding.ASCII.GetBytes($"GET /active/{Key} HTTP/1.1\r\nHost: x\r\n\r\n"));
            }

            foreach (Socket reader in readers)
            {
                byte[] head = new byte[12];
                (await reader.ReceiveAsync(head)).Should().Be(12);
                Encoding.ASCII.GetString(head).Should().Be("HTTP/1.1 200");
            }

            string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));
            await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
            await (await service.DeleteAsync(key)).ShouldBeJsonAsync(200);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }
}
