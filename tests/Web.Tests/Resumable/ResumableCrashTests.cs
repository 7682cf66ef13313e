using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Testing;
using ImageBackend.Web.Tests.Crashes;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>Uploads in parts survive the end of the service, whether it is told to stop or killed.</summary>
[Trait("Storage", "folders")]
public sealed class ResumableCrashTests : ProgramSite
{
    private const int Half = 100_000;

    private static readonly byte[] Photo = [.. Pictures.Jpeg(640, 480), .. new byte[200_000]];

    private static readonly int Every = int.Parse(Environment.GetEnvironmentVariable("CRASH_EVERY") ?? "8", CultureInfo.InvariantCulture);

    private string Temp => Folder.File("temp");

    [Fact]
    public async Task A_kill_loses_no_byte_that_had_arrived()
    {
        string address;
        using (ServiceProcess killed = StartForReal())
        {
            using HttpClient client = await killed.ConnectAsync();
            TusSender tus = new(client);
            address = await tus.CreatedAsync(Photo.Length);
            using HttpResponseMessage part = await tus.PatchAsync(address, 0, Photo[..1000]);
            await using BrokenLine line = await BrokenLine.BeginAsync(client.BaseAddress!.Port, address, 1000, Photo.Length - 1000);
            await line.SendAsync(Photo.AsMemory(1000, Half));
            await PartialFiles.HasAsync(Temp, address, 50_000);
            await killed.KillAsync();
        }

        long there = new FileInfo(PartialFiles.BytesOf(Temp, address)).Length;
        using ServiceProcess next = StartForReal();
        using HttpClient again = await next.ConnectAsync();
        TusSender rest = new(again);

        (await rest.OffsetAsync(address)).Should().Be(there);
        using HttpResponseMessage last = await rest.PatchAsync(address, there, Photo[(int)there..]);
        string key = (await last.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        (await Storages.Incoming.ReadAsync(key)).Should().Equal(Photo);
    }

    [Fact]
    public async Task After_a_kill_bytes_count_only_if_their_checksum_was_verified_and_the_kernel_has_lived_on()
    {
        string unverified;
        string ofOtherBoot;
        using (ServiceProcess killed = StartForReal())
        {
            using HttpClient client = await killed.ConnectAsync();
            TusSender tus = new(client);
            unverified = await tus.CreatedAsync(Photo.Length);
            ofOtherBoot = await tus.CreatedAsync(Photo.Length);
            using HttpResponseMessage first = await tus.PatchAsync(unverified, 0, Photo[..1000]);
            using HttpResponseMessage second = await tus.PatchAsync(ofOtherBoot, 0, Photo[..1000]);
            string sum = $"Upload-Checksum: sha1 {Convert.ToBase64String(new byte[20])}\r\n";
            await using BrokenLine line = await BrokenLine.BeginAsync(client.BaseAddress!.Port, unverified, 1000, Photo.Length - 1000, sum);
            await line.SendAsync(Photo.AsMemory(1000, Half));
            await PartialFiles.HasAsync(Temp, unverified, 50_000);
            await killed.KillAsync();
        }

        // What a power cut may leave: a file that is longer than what was put on disk, with anything in it.
        await File.AppendAllTextAsync(PartialFiles.BytesOf(Temp, ofOtherBoot), new string('\0', 5000));
        string record = PartialFiles.RecordOf(Temp, ofOtherBoot);
        await File.WriteAllTextAsync(record, Regex.Replace(await File.ReadAllTextAsync(record), "\"Boot\":\"[0-9a-f]+\"", "\"Boot\":\"000000000000\""));
        using ServiceProcess next = StartForReal();
        using HttpClient again = await next.ConnectAsync();
        TusSender rest = new(again);

        (await rest.OffsetAsync(unverified)).Should().Be(1000);
        (await rest.OffsetAsync(ofOtherBoot)).Should().Be(1000);
        using HttpResponseMessage last = await rest.PatchAsync(ofOtherBoot, 1000, Photo[1000..]);
        string key = (await last.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        (await Storages.Incoming.ReadAsync(key)).Should().Equal(Photo);
    }

    [Fact]
    public async Task At_SIGTERM_a_part_is_ended_with_its_bytes_kept_and_HEAD_says_later()
    {
        using ServiceProcess service = StartForReal();
        using HttpClient client = await service.ConnectAsync();
        TusSender tus = new(client);
        string address = await tus.CreatedAsync(Photo.Length);
        await using BrokenLine line = await BrokenLine.BeginAsync(client.BaseAddress!.Port, address, 0, Photo.Length);
        await line.SendAsync(Photo.AsMemory(0, Half));
        await PartialFiles.HasAsync(Temp, address, 50_000);
        byte[] form = new RawForm().File(Photo).ToArray();
        await using BrokenUpload other = await BrokenUpload.BeginAsync(client.BaseAddress.Port, form.Length); // keeps the service from ending

        await service.TerminateAsync();

        (await line.AnswerAsync()).Should().StartWith("HTTP/1.1 503").And.Contain("\"code\":\"shutting_down\"");
        using HttpResponseMessage head = await tus.HeadAsync(address);
        ((int)head.StatusCode).Should().Be(423, "after a 503 tus-js-client would send everything again");
        await other.DisposeAsync();
        (await service.ExitCodeAsync()).Should().Be(0);
        using ServiceProcess next = StartForReal();
        using HttpClient again = await next.ConnectAsync();
        (await new TusSender(again).OffsetAsync(address)).Should().BeInRange(50_000, Half);
    }

    [Fact]
    public async Task Killed_at_any_call_of_the_storage_it_makes_one_image()
    {
        int calls = await CountCallsAsync();
        List<string> wrong = [];
        for (int call = 1 + (calls / 2 % Every); call <= calls; call += Every)
        {
            foreach (bool takesEffect in new[] { false, true })
            {
                wrong.AddRange((await KillAtAsync(call, takesEffect)).Select(what => $"killed {(takesEffect ? "after" : "before")} call {call} of {calls}: {what}"));
            }
        }

        wrong.Should().BeEmpty();
    }

    private static Task<CrashSite> SiteAsync() => CrashSite.CreateAsync(
        folder => Task.FromResult(TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active"))), ("IMAGING_ISOLATION", "none"));

    private static async Task<int> CountCallsAsync()
    {
        await using CrashSite site = await SiteAsync();
        await site.StartAsync();
        TusSender tus = new(site.Client);
        string address = await tus.CreatedAsync(Photo.Length);
        site.DieAt(1_000_000, takesEffect: false);
        using HttpResponseMessage last = await tus.PatchAsync(address, 0, Photo);
        await last.ShouldBeJsonAsync(200);
        return 1_000_000 - site.CallsLeft();
    }

    private static async Task<IReadOnlyList<string>> KillAtAsync(int call, bool takesEffect)
    {
        await using CrashSite site = await SiteAsync();
        await site.StartAsync();
        string address = await new TusSender(site.Client).CreatedAsync(Photo.Length);
        site.DieAt(call, takesEffect);
        using HttpResponseMessage? lost = await CrashSite.AnswerAsync(() => new TusSender(site.Client).PatchAsync(address, 0, Photo));
        site.Kill();
        site.LetLive();
        await site.StartAsync();

        long offset = await new TusSender(site.Client).OffsetAsync(address);
        string key = JsonDocument.Parse(await site.Client.GetStringAsync(address)).RootElement.GetProperty("filename").GetString()!;
        IReadOnlyList<string> names = await site.Incoming.NamesAsync();
        return
        [
            .. lost is null ? [] : new[] { "the first request was answered" },
            .. offset == Photo.Length ? [] : new[] { $"it continues at {offset}" },
            .. names.Count == 4 ? [] : new[] { $"incoming has {string.Join(", ", names)}" },
            .. await CrashSite.MissingOfAsync(site.Incoming, names, key, Photo, withWebP: false),
        ];
    }

    /// <summary>A plain upload that never sends its body.</summary>
    private sealed class BrokenUpload(System.Net.Sockets.NetworkStream stream) : IAsyncDisposable
    {
        public static async Task<BrokenUpload> BeginAsync(int port, long length)
        {
            System.Net.Sockets.Socket socket = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port);
            System.Net.Sockets.NetworkStream stream = new(socket, ownsSocket: true);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: {new RawForm().ContentType}\r\nContent-Length: {length}\r\n\r\n"));
            return new BrokenUpload(stream);
        }

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}
