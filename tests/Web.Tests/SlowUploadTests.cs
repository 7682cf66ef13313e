using System.Net.Sockets;
using System.Text;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>Bodies that arrive slowly, or many at a time, over real sockets; only the clock is the test's.</summary>
[Trait("Storage", "folders")]
public sealed class SlowUploadTests
{
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task An_upload_that_stops_is_ended_however_fast_it_began()
    {
        await using TestService service = await TestService.StartAsync();
        byte[] body = Form(2_000_000);
        await using NetworkStream stream = await BeginAsync(service, "/upload", body.Length);
        await stream.WriteAsync(body.AsMemory(0, 1_800_000)); // its average is sufficient for hours
        await ReceivedAsync(service, 1_500_000);

        await PassUntilAsync(service, () => stream.DataAvailable);

        string answer = await ReadToEndAsync(stream);
        answer.Should().StartWith("HTTP/1.1 408").And.Contain("\"code\":\"too_slow\"").And.Contain("Connection: close\r\n");
        await Eventually.IsAsync(() => !Directory.EnumerateFileSystemEntries(service.Temp).Any());
        await service.ShouldHoldNothingAsync();
        await service.UploadedAsync(Pictures.Jpeg(60, 40));
        service.Logs.AtLeast(LogLevel.Warning).Should().BeEmpty("a client's slowness is no news for the operator");
    }

    [Theory]
    [InlineData("/upload")]
    [InlineData("/publish")]
    [InlineData("/delete")]
    [InlineData("/recrop")]
    [InlineData("/rotate")]
    public async Task A_body_that_never_begins_is_ended(string path)
    {
        await using TestService service = await TestService.StartAsync();
        await using NetworkStream stream = await BeginAsync(service, path, 1000);

        await PassUntilAsync(service, () => stream.DataAvailable);

        (await ReadToEndAsync(stream)).Should().StartWith("HTTP/1.1 408").And.Contain("\"code\":\"too_slow\"");
    }

    [Fact]
    public async Task Past_MAX_RECEIVING_an_upload_is_told_to_come_again_before_its_body_is_read()
    {
        await using TestService service = await TestService.StartAsync(("MAX_RECEIVING", "1"));
        byte[] body = Form(200_000);
        await using NetworkStream first = await BeginAsync(service, "/upload", body.Length);
        await first.WriteAsync(body.AsMemory(0, 150_000));
        await ReceivedAsync(service, 1);

        await using NetworkStream second = await BeginAsync(service, "/upload", body.Length, "Expect: 100-continue\r\n");
        string refused = await second.ReadAnswerAsync();
        await first.WriteAsync(body.AsMemory(150_000));
        string taken = await first.ReadAnswerAsync();

        refused.Should().StartWith("HTTP/1.1 503").And.Contain("\"code\":\"busy\"").And.MatchRegex("Retry-After: [0-9]+\r\n");
        taken.Should().StartWith("HTTP/1.1 200");
        await service.UploadedAsync(Pictures.Jpeg(60, 40));
        using HttpResponseMessage ping = await service.Client.GetAsync("/ping");
        ping.IsSuccessStatusCode.Should().BeTrue();
    }

    [Fact]
    public async Task A_client_that_leaves_gives_its_place_free()
    {
        await using TestService service = await TestService.StartAsync(("MAX_RECEIVING", "1"));
        byte[] body = Form(200_000);
        for (int i = 0; i < 3; i++)
        {
            await using NetworkStream gone = await BeginAsync(service, "/upload", body.Length);
            await gone.WriteAsync(body.AsMemory(0, 150_000));
            await ReceivedAsync(service, 1);
            await gone.DisposeAsync();
            await Eventually.IsAsync(() => !Directory.EnumerateFileSystemEntries(service.Temp).Any());
        }

        await service.UploadedAsync(Pictures.Jpeg(60, 40));
    }

    [Fact]
    public async Task Large_forms_share_what_they_may_take_and_small_ones_always_pass()
    {
        await using TestService service = await TestService.StartAsync();
        byte[] head = Encoding.ASCII.GetBytes($"secret={TestService.Secret}&x=");
        byte[] form = [.. head, .. Enumerable.Repeat((byte)'a', 990_000)];
        List<NetworkStream> held = [];
        try
        {
            for (int i = 0; i < 40; i++)
            {
                NetworkStream one = await BeginAsync(service, "/publish", 999_000, "", "application/x-www-form-urlencoded");
                held.Add(one);
                await one.WriteAsync(form);
            }

            await Eventually.IsAsync(() => held.Any(one => one.DataAvailable));
            NetworkStream refused = held.First(one => one.DataAvailable);
            (await refused.ReadAnswerAsync()).Should().StartWith("HTTP/1.1 503").And.Contain("\"code\":\"busy\"");
            using HttpResponseMessage small = await service.DeleteAsync("1475660224_882910455.jpg");
            await small.ShouldBeJsonAsync(200);
        }
        finally
        {
            foreach (NetworkStream one in held)
            {
                await one.DisposeAsync();
            }
        }

        // Released once they are gone.
        HttpResponseMessage? large = null;
        await Eventually.IsAsync(async () =>
        {
            large?.Dispose();
            large = await service.DeleteAsync([.. Enumerable.Range(0, 25_000).Select(i => $"1475660224_{i:D10}.jpg"[..20])]);
            return (int)large.StatusCode == 200;
        });
        large!.Dispose();
    }

    [Fact]
    public async Task Many_slow_uploads_cost_the_service_little_memory_and_nobody_else()
    {
        const int Uploads = 150;
        using TempFolder folder = new();
        using ServiceProcess service = ServiceProcess.Start(
            folder,
            ("API_SECRET_KEY", TestService.Secret),
            ("SERVICE_PORT", "0"),
            ("INCOMING_FOLDER", folder.Folder("incoming")),
            ("ACTIVE_FOLDER", folder.Folder("active")),
            ("TEMP_FOLDER", folder.Folder("temp")),
            ("DECODE_WORKERS", "1"));
        using HttpClient client = await service.ConnectAsync();
        await UploadAsync(client);
        byte[] body = Form(300_000);
        long before = service.ResidentBytes;
        List<NetworkStream> held = [];
        try
        {
            for (int i = 0; i < Uploads; i++)
            {
                NetworkStream one = await ConnectAsync(client.BaseAddress!.Port);
                held.Add(one);
                await one.WriteAsync(Head("/upload", body.Length, "", new RawForm().ContentType));
                await one.WriteAsync(body.AsMemory(0, body.Length - 1000));
            }

            string temp = folder.File("temp");
            await Eventually.IsAsync(() => Directory.EnumerateFiles(temp, "original", SearchOption.AllDirectories).Count(path => new FileInfo(path).Length >= 200_000) == Uploads);

            (service.ResidentBytes - before).Should().BeLessThan(Uploads * 250_000L);
            (await client.GetStringAsync("/ping")).Should().Be("Pong!");
            await UploadAsync(client);
        }
        finally
        {
            foreach (NetworkStream one in held)
            {
                await one.DisposeAsync();
            }
        }
    }

    private static async Task UploadAsync(HttpClient client)
    {
        using HttpResponseMessage response = await client.PostAsync("/upload", new RawForm().File(Pictures.Jpeg(60, 40)).ToContent());
        await response.ShouldBeJsonAsync(200);
    }

    // A picture followed by other data, which is not a fault.
    private static byte[] Padded(int bytes)
    {
        byte[] file = new byte[bytes];
        Pictures.Jpeg(60, 40).CopyTo(file, 0);
        return file;
    }

    private static byte[] Form(int bytes) => new RawForm().File(Padded(bytes)).ToArray();

    private static byte[] Head(string path, long length, string more, string contentType) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: x\r\n{more}Content-Type: {contentType}\r\nContent-Length: {length}\r\n\r\n");

    private static async Task<NetworkStream> ConnectAsync(int port)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<NetworkStream> BeginAsync(TestService service, string path, long length, string more = "", string? contentType = null)
    {
        NetworkStream stream = await service.ConnectAsync();
        await stream.WriteAsync(Head(path, length, more, contentType ?? new RawForm().ContentType));
        return stream;
    }

    private static Task ReceivedAsync(TestService service, long bytes) => Eventually.IsAsync(() =>
        Directory.EnumerateFiles(service.Temp, "original", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length) >= bytes
        || (bytes == 1 && Directory.EnumerateFiles(service.Temp, "original", SearchOption.AllDirectories).Any()));

    // Lets time pass until it is noticed: the service may not have begun to wait when the first period is over.
    private static Task PassUntilAsync(TestService service, Func<bool> isReached) => Eventually.IsAsync(() =>
    {
        if (isReached())
        {
            return true;
        }

        service.Time.Pass(TooLong);
        return false;
    });

    // After the answer the service waits a moment for the rest of the body, then it resets the connection.
    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        string answer = await stream.ReadAnswerAsync();
        try
        {
            using StreamReader reader = new(stream, Encoding.Latin1);
            answer += await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // Closed all the same.
        }

        return answer;
    }
}
