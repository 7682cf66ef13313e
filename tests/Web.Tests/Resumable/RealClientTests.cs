using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ImageBackend.Testing;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>
/// tus-js-client and Uppy against the program as started in production, over a line that breaks and while the program is killed. TUS_CUTS,
/// TUS_KILLS and TUS_STALL (in seconds) say how often and how long; TUS_SEED makes the places the same again.
/// </summary>
[Trait("Storage", "folders")]
public sealed class RealClientTests(ITestOutputHelper output) : ProgramSite
{
    private const int PhotoBytes = 3_000_000;

    // What a break may lose on its way: what the service has not yet read from its socket, and its buffers.
    private const int MaxLostPerCut = 128 * 1024;
    private const int HeadBytes = 1024;

    private static readonly int Cuts = Number("TUS_CUTS", 3);
    private static readonly int Kills = Number("TUS_KILLS", 1);
    private static readonly int StallSeconds = Number("TUS_STALL", 1);
    private static readonly int Seed = Number("TUS_SEED", 1);

    private string Partial => Folder.File("temp/partial");

    [NeedsClientsFact]
    public Task tus_js_client_ends_with_the_whole_photo_over_a_line_that_breaks_and_a_service_that_is_killed() => UploadAsync("tus-upload.mjs");

    [NeedsClientsFact(withBrowser: true)]
    public Task Uppy_in_a_browser_ends_with_the_whole_photo_over_a_line_that_breaks_and_a_service_that_is_killed() => UploadAsync("uppy-upload.mjs", NodeClient.Chromium);

    [NeedsClientsFact]
    public async Task tus_js_client_is_told_what_is_wrong_with_a_photo_and_begins_anew_when_an_upload_is_lost()
    {
        byte[] photo = Photo();
        string broken = Folder.Write("broken.jpg", photo[..5000]);
        string whole = Folder.Write("whole.jpg", photo);
        await using CuttingProxy proxy = new(Partial);
        proxy.Start();
        await using Restarts service = new(() => StartForReal(), proxy);
        await service.StartAsync();
        proxy.CutAfter(photo.Length / 2, () => service.RestartAsync(() => Directory.Delete(Partial, recursive: true)));

        JsonElement stored = await NodeClient.RunAsync("tus-upload.mjs", proxy.Endpoint, whole);
        JsonElement refused = await NodeClient.RunAsync("tus-upload.mjs", proxy.Endpoint, broken);

        stored.GetProperty("answer").GetProperty("bytes").GetInt64().Should().Be(photo.Length);
        stored.GetProperty("offsets").EnumerateArray().Count(one => one.GetString()!.StartsWith("POST", StringComparison.Ordinal)).Should().Be(2);
        refused.GetProperty("problem").GetProperty("code").GetString().Should().Be("broken_image");
        (await Storages.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    private async Task UploadAsync(string script, params string[] more)
    {
        byte[] photo = Photo();
        string path = Folder.Write("photo.jpg", photo);
        await using CuttingProxy proxy = new(Partial);
        proxy.Start();
        await using Restarts service = new(() => StartForReal(), proxy);
        await service.StartAsync();
        int all = Plan(proxy, photo.Length, service);
        long began = Stopwatch.GetTimestamp();

        JsonElement result = await NodeClient.RunAsync(script, [proxy.Endpoint, path, .. more]);

        proxy.CutsLeft.Should().Be(0, "else this proves less");
        JsonElement answer = result.GetProperty("answer");
        answer.GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(photo)));
        (await Storages.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!)).Should().Equal(photo);
        (await Storages.Incoming.NamesAsync()).Should().HaveCount(4);
        long twice = proxy.FromClient - photo.Length;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"clients | {script}: {photo.Length:N0} bytes over {Cuts} cuts, {Kills} kills and a stall of {StallSeconds} s: {twice:N0} bytes sent twice, heads of requests included, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        twice.Should().BeLessThan(all * MaxLostPerCut, "no byte that was confirmed is sent again");
    }

    // In random order, at random places.
    private static int Plan(CuttingProxy proxy, int bytes, Restarts service)
    {
        Random random = new(Seed);
        int all = Cuts + Kills + 1;
        foreach (int i in Enumerable.Range(0, all).OrderBy(_ => random.Next()))
        {
            long after = random.Next(HeadBytes, bytes / (all + 1));
            if (i < Cuts)
            {
                proxy.CutAfter(after);
            }
            else if (i < Cuts + Kills)
            {
                proxy.CutAfter(after, () => service.RestartAsync());
            }
            else
            {
                proxy.StallAfter(after, TimeSpan.FromSeconds(StallSeconds));
            }
        }

        return all;
    }

    // A picture followed by other data, which is not a fault, and no two parts of which are alike.
    private static byte[] Photo()
    {
        byte[] photo = new byte[PhotoBytes];
        new Random(Seed).NextBytes(photo);
        Pictures.Jpeg(640, 480).CopyTo(photo, 0);
        return photo;
    }

    private static int Number(string name, int whenUnset) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : whenUnset;

    /// <summary>A service that is killed and started again behind a proxy.</summary>
    private sealed class Restarts(Func<ServiceProcess> start, CuttingProxy proxy) : IAsyncDisposable
    {
        private ServiceProcess? _service;

        public async Task StartAsync()
        {
            _service = start();
            using HttpClient client = await _service.ConnectAsync();
            proxy.Target = client.BaseAddress!.Port;
        }

        public async Task RestartAsync(Action? between = null)
        {
            proxy.Target = 0;
            await _service!.KillAsync();
            _service.Dispose();
            between?.Invoke();
            await StartAsync();
        }

        public ValueTask DisposeAsync()
        {
            _service?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
