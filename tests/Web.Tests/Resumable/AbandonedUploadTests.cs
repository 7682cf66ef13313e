using System.Globalization;
using ImageBackend.Testing;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>Many uploads at a time, half of which nobody finishes. TUS_UPLOADS says how many, and has the program itself do it too.</summary>
[Trait("Storage", "folders")]
public sealed class AbandonedUploadTests(ITestOutputHelper output) : ProgramSite
{
    private const int PhotoBytes = 600_000;
    private const long MaxGrowth = 100_000_000;

    private static readonly string? Given = Environment.GetEnvironmentVariable("TUS_UPLOADS");
    private static readonly int Uploads = int.Parse(Given is { Length: > 0 } ? Given : "20", CultureInfo.InvariantCulture);

    public static bool IsForProof => Given is { Length: > 0 };

    [Fact]
    public async Task Those_who_finish_have_their_image_and_of_the_others_nothing_is_left()
    {
        await using TestService service = await TestService.StartAsync();

        await SendAsync(service.Client, service.Port, service.Temp);

        (await service.Incoming.NamesAsync()).Should().HaveCount(Uploads / 2 * 4);
        TempLeft.In(service.Temp).Should().NotBeEmpty("others may still come back");
        service.Time.Pass(TimeSpan.FromDays(1));
        await Eventually.IsAsync(() => !TempLeft.In(service.Temp).Any());
    }

    [ProofFact]
    public async Task The_memory_of_the_program_stays_flat_and_its_temp_folder_gets_empty()
    {
        using ServiceProcess service = StartForReal(("PARTIAL_TTL", "1m"));
        using HttpClient client = await service.ConnectAsync();
        await SendAsync(client, client.BaseAddress!.Port, Folder.File("temp")); // what the runtime takes once
        long before = service.ResidentBytes;
        long most = 0;
        using CancellationTokenSource end = new();
        Task watch = WatchAsync();

        await SendAsync(client, client.BaseAddress.Port, Folder.File("temp"));
        await Eventually.IsAsync(() => !TempLeft.In(Folder.File("temp")).Any(), tries: 4800);

        await end.CancelAsync();
        await watch;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"clients | {Uploads} uploads at a time, half of them abandoned: memory {before / 1e6:0} MB before, {most / 1e6:0} MB at most, {service.ResidentBytes / 1e6:0} MB after; temp is empty after expiry"));
        (most - before).Should().BeLessThan(MaxGrowth);

        async Task WatchAsync()
        {
            while (!end.IsCancellationRequested)
            {
                most = Math.Max(most, service.ResidentBytes);
                await Task.Delay(50);
            }
        }
    }

    private static async Task SendAsync(HttpClient client, int port, string temp)
    {
        TusSender tus = new(client);
        byte[] photo = new byte[PhotoBytes];
        Pictures.Jpeg(320, 240).CopyTo(photo, 0);
        await Task.WhenAll(Enumerable.Range(0, Uploads).Select(i => i % 2 == 0 ? FinishAsync() : AbandonAsync(i)));

        async Task FinishAsync()
        {
            string address = await tus.CreatedAsync(photo.Length);
            using HttpResponseMessage first = await tus.PatchAsync(address, 0, photo[..(PhotoBytes / 2)]);
            // When the decoders have no room for more, a client waits and tries again.
            for (int i = 0; i < 600; i++)
            {
                int offset = (int)await tus.OffsetOrAsync(address, PhotoBytes);
                using HttpResponseMessage last = await tus.PatchAsync(address, offset, photo[offset..]);
                if ((int)last.StatusCode is not (503 or 423))
                {
                    await last.ShouldBeJsonAsync(200);
                    return;
                }

                await Task.Delay(100);
            }
        }

        // In the middle of a part, or between two.
        async Task AbandonAsync(int i)
        {
            string address = await tus.CreatedAsync(photo.Length);
            await using BrokenLine line = await BrokenLine.BeginAsync(port, address, 0, i % 4 == 1 ? photo.Length : 100_000);
            await line.SendAsync(photo.AsMemory(0, 100_000));
            await PartialFiles.HasAsync(temp, address, 1);
        }
    }

    /// <summary>Runs only if TUS_UPLOADS is set: it takes minutes.</summary>
    private sealed class ProofFactAttribute : FactAttribute
    {
        public ProofFactAttribute() => Skip = IsForProof ? null : "only in the proof of uploads from the phone";
    }
}
