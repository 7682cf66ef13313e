using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Web.Tests;

/// <summary>What clients see of workers, limits and a service that is full.</summary>
[Trait("Storage", "folders")]
public sealed class WorkerTests
{
    [Fact]
    [Trait("fault", "c2c-13")]
    public async Task A_picture_that_takes_too_long_is_refused_and_leaves_nothing()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"), ("SVG_CPU_SECONDS", "2"));
        const string texture = "<filter id=\"f\" x=\"0\" y=\"0\" width=\"1\" height=\"1\"><feTurbulence baseFrequency=\"0.1\" numOctaves=\"3\"/></filter>";
        string surface = string.Concat(Enumerable.Repeat("<rect width=\"1500\" height=\"1500\" filter=\"url(#f)\"/>", 20));

        using HttpResponseMessage slow = await service.UploadAsync(Encoding.UTF8.GetBytes(Pictures.Svg(1500, 1500, texture + surface)));

        (await slow.ShouldBeProblemAsync(400, "image_too_complex")).GetProperty("detail").GetString().Should().Contain("2 seconds");
        await service.ShouldHoldNothingAsync();
        await service.UploadedAsync(Pictures.Jpeg(64, 48));
    }

    [Fact]
    public async Task A_picture_that_needs_more_memory_than_there_is_is_refused_with_both_figures()
    {
        await using TestService service = await TestService.StartAsync(("MEMORY_BUDGET_MB", "300"), ("DECODE_WORKERS", "1"));
        using Image noise = Pictures.Noise(7000, 7000);

        using HttpResponseMessage large = await service.UploadAsync(noise.JpegsaveBuffer(q: 20, interlace: true));

        (await large.ShouldBeProblemAsync(400, "image_too_complex")).GetProperty("limit").GetInt64().Should().Be(95_000_000);
        await service.ShouldHoldNothingAsync();
    }

    [Fact]
    [Trait("fault", "v6-12")]
    public async Task A_crowd_is_answered_whole_or_told_to_come_again()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "1"));
        using Image noise = Pictures.Noise(1600, 1200);
        byte[] photo = noise.JpegsaveBuffer();

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(_ => service.UploadAsync(photo)));

        foreach (HttpResponseMessage answer in answers.Where(answer => !answer.IsSuccessStatusCode))
        {
            await answer.ShouldBeProblemAsync(503, "busy");
            answer.Headers.RetryAfter!.Delta.Should().BePositive();
        }

        int taken = answers.Count(answer => answer.IsSuccessStatusCode);
        taken.Should().BeInRange(20, 79, "32 may wait");
        (await service.Incoming.NamesAsync()).Should().HaveCount(4 * taken);
    }

    [Fact]
    public async Task Workers_that_are_killed_cost_no_upload()
    {
        await using TestService service = await TestService.StartAsync(("IMAGING_ISOLATION", "process"), ("DECODE_WORKERS", "2"));
        using Image noise = Pictures.Noise(1600, 1200);
        byte[] photo = noise.JpegsaveBuffer();

        Task<HttpResponseMessage>[] uploads = [.. Enumerable.Range(0, 20).Select(_ => service.UploadAsync(photo))];
        await Task.WhenAny(uploads);
        await KillWorkersAsync(service.Temp);

        foreach (HttpResponseMessage answer in await Task.WhenAll(uploads))
        {
            await answer.ShouldBeJsonAsync(200);
        }
    }

    [Fact]
    public async Task A_request_head_that_does_not_end_is_cut_off()
    {
        await using TestService service = await TestService.StartAsync();
        await using NetworkStream stream = await service.ConnectAsync();
        byte[] head = Encoding.ASCII.GetBytes($"POST /upload HTTP/1.1\r\nHost: a\r\nX-Long: {new string('a', 20_000)}\r\n\r\n");

        await stream.WriteAsync(head);

        using StreamReader reader = new(stream, Encoding.ASCII);
        (await reader.ReadLineAsync()).Should().StartWith("HTTP/1.1 431");
    }

    // All at the same time: a job that is retried must not be hit again.
    private static async Task KillWorkersAsync(string folder)
    {
        string[] workers = [.. Directory.EnumerateDirectories("/proc").Where(IsWorker).Select(process => Path.GetFileName(process))];
        workers.Should().HaveCountGreaterThanOrEqualTo(1);
        using Process kill = Process.Start("kill", ["-KILL", .. workers]);
        await kill.WaitForExitAsync();

        bool IsWorker(string process)
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "cmdline")).Contains($"imaging-worker\0{folder}", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // not a process, or it has just ended
            }
        }
    }
}
