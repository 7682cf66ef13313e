using System.Net.Sockets;
using System.Text;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>Readers of published images that read what they requested slowly, or not at all.</summary>
[Trait("Storage", "folders")]
public sealed class SlowReaderTests
{
    private const string Key = "1475660224_882910455.jpg";
    private const int Bytes = 30_000_000; // more than the buffers of two sockets hold

    [Fact]
    public async Task Past_MAX_READERS_a_reader_is_told_to_come_again_and_nobody_else_notices()
    {
        await using TestService service = await TestService.StartAsync(("MAX_READERS", "1"));
        await service.Active.PutAsync(Key, new byte[Bytes]);
        string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        await using NetworkStream slow = await AskAsync(service);
        await ReadAsync(slow, 1000);

        using HttpResponseMessage refused = await service.Client.GetAsync($"/active/{Key}");
        await refused.ShouldBeProblemAsync(503, "busy");
        refused.Headers.RetryAfter!.Delta.Should().BePositive();
        refused.Headers.CacheControl!.NoStore.Should().BeTrue();
        await service.UploadedAsync(Pictures.Jpeg(60, 40));
        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);

        (await ReadAsync(slow, Bytes)).Should().BeGreaterThanOrEqualTo(Bytes - 1000, "it gets what it asked for");
        await Eventually.IsAsync(async () => await StatusAsync(service) == 200);
    }

    [Fact]
    public async Task A_reader_that_stops_is_cut_off_however_fast_it_began()
    {
        await using TestService service = await TestService.StartAsync(("MAX_READERS", "1"));
        await service.Active.PutAsync(Key, new byte[Bytes]);
        await using NetworkStream stopped = await AskAsync(service);
        await ReadAsync(stopped, Bytes / 2);

        await Eventually.IsAsync(async () =>
        {
            service.Time.Pass(TimeSpan.FromSeconds(31));
            return await StatusAsync(service) == 200;
        });

        (await ReadAsync(stopped, Bytes)).Should().BeLessThan(Bytes / 2, "it was cut off");
        service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty();
    }

    private static async Task<NetworkStream> AskAsync(TestService service)
    {
        NetworkStream stream = await service.ConnectAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /active/{Key} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        return stream;
    }

    private static async Task<int> StatusAsync(TestService service)
    {
        using HttpResponseMessage response = await service.Client.GetAsync($"/active/{Key}", HttpCompletionOption.ResponseContentRead);
        return (int)response.StatusCode;
    }

    // As many as arrive, up to a number.
    private static async Task<int> ReadAsync(NetworkStream stream, int bytes)
    {
        byte[] buffer = new byte[64 * 1024];
        int total = 0;
        try
        {
            int read;
            while (total < bytes && (read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes - total)))) > 0)
            {
                total += read;
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        return total;
    }
}
