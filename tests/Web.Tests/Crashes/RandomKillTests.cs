using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ImageBackend.Testing;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Crashes;

/// <summary>
/// The service is killed from outside at moments at random, while clients upload, publish, recrop, rotate and delete; what they were told
/// holds after the restart. RANDOM_KILLS sets how many times.
/// </summary>
[Trait("Storage", "folders")]
public sealed class RandomKillsOnFoldersTests(ITestOutputHelper output)
{
    [Fact]
    public Task Lose_nothing() => RandomKills.RunAsync(folder => Task.FromResult(TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active"))), output);
}

[Trait("Storage", "s3")]
public sealed class RandomKillsOnS3Tests(S3Server server, ITestOutputHelper output) : IClassFixture<S3Server>
{
    [SkippableFact]
    public Task Lose_nothing() => RandomKills.RunAsync(_ => TestStorages.OnS3Async(server, server.Endpoint), output);
}

internal static class RandomKills
{
    private const int Clients = 8;
    private const int MinutesDown = 15; // longer than a request may take

    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("RANDOM_KILLS") ?? "1", CultureInfo.InvariantCulture);

    public static async Task RunAsync(Func<TempFolder, Task<TestStorages>> make, ITestOutputHelper output)
    {
        Random random = new(20_261_130);
        await using CrashSite site = await CrashSite.CreateAsync(make, ("GENERATE_WEBP", "1"), ("GENERATE_AVIF", Kills > 1 ? "1" : "0"), ("INCOMING_TTL", "7d"));
        ConcurrentDictionary<string, Known> images = [];
        for (int kill = 1; kill <= Kills; kill++)
        {
            await site.StartAsync();
            using CancellationTokenSource end = new();
            Task[] clients = [.. Enumerable.Range(0, Clients).Select(i => Task.Run(() => WorkAsync(site, images, new Random(random.Next()), end.Token)))];
            await Task.Delay(random.Next(300, 4000));
            site.Kill();
            await end.CancelAsync();
            await Task.WhenAll(clients);

            // Directly after it, what was answered is there; long after it, nothing half-done is left either.
            await site.StartAsync();
            (await CrashSite.SettledAsync(async () => [.. await BrokenAsync(site, images), .. site.TempLeftovers()])).Should().BeEmpty($"of kill {kill}");
            await site.StartAsync(MinutesDown);
            (await CrashSite.SettledAsync(async () => [.. await BrokenAsync(site, images), .. await HalfDoneAsync(site)])).Should().BeEmpty($"of kill {kill}");
        }

        output.WriteLine($"{Kills} kills, {images.Count} images: {images.Values.Count(one => one == Known.Published)} published, {images.Values.Count(one => one == Known.Deleted)} deleted, {images.Values.Count(one => one == Known.Uncertain)} with a request that was not answered");
        images.Should().NotBeEmpty();
    }

    // Each client works on images of its own, so that it knows what to expect.
    private static async Task WorkAsync(CrashSite site, ConcurrentDictionary<string, Known> images, Random random, CancellationToken end)
    {
        List<string> own = [];
        while (!end.IsCancellationRequested)
        {
            string? key = own.Count > 0 ? own[random.Next(own.Count)] : null;
            switch (key is null ? 0 : random.Next(7))
            {
                case 0:
                    await MakeAsync(() => TryAsync(() => site.UploadAsync(Deed.Photo)), Known.Uploaded);
                    break;
                case 1 or 2 when images[key!] is Known.Uploaded:
                    await ChangeAsync(key!, () => site.PostAsync("/publish", ("filename", key!)), Known.Published);
                    break;
                case 3 when images[key!] is Known.Published:
                    await MakeAsync(() => TryAsync(() => site.PostAsync("/recrop", ("filename", key!), ("crop", "40x40+10+10"))), Known.Published);
                    break;
                case 4 when images[key!] is Known.Published:
                    await MakeAsync(() => ChangeAsync(key!, () => site.PostAsync("/rotate", ("filename", key!), ("rotation", "90")), Known.Deleted), Known.Turned);
                    break;
                case 5 when images[key!] is Known.Uploaded or Known.Published or Known.Turned:
                    await ChangeAsync(key!, () => site.PostAsync("/delete", ("filenames", key!)), Known.Deleted);
                    break;
            }
        }

        async Task MakeAsync(Func<Task<HttpResponseMessage?>> send, Known known)
        {
            using HttpResponseMessage? response = await send();
            if (response is { IsSuccessStatusCode: true })
            {
                string made = await CrashSite.KeyAsync(response);
                images[made] = known;
                own.Add(made);
            }
        }

        async Task<HttpResponseMessage?> ChangeAsync(string key, Func<Task<HttpResponseMessage>> send, Known known)
        {
            images[key] = Known.Uncertain; // until the answer
            HttpResponseMessage? response = await TryAsync(send);
            if (response is { IsSuccessStatusCode: true })
            {
                images[key] = known;
            }

            return response;
        }
    }

    private static async Task<HttpResponseMessage?> TryAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            HttpResponseMessage response = await send();
            response.StatusCode.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
            return response;
        }
        catch (Exception lost) when (lost is HttpRequestException or ObjectDisposedException or OperationCanceledException or NullReferenceException)
        {
            return null; // the service was killed
        }
    }

    private static async Task<IReadOnlyList<string>> BrokenAsync(CrashSite site, ConcurrentDictionary<string, Known> images)
    {
        IReadOnlyList<string> incoming = await site.Incoming.NamesAsync();
        IReadOnlyList<string> active = await site.Active.NamesAsync();
        List<string> wrong = [];
        foreach ((string key, Known known) in images)
        {
            wrong.AddRange(known switch
            {
                Known.Uploaded => await CrashSite.MissingOfAsync(site.Incoming, incoming, key, Deed.Photo, withWebP: false),
                Known.Published => await CrashSite.MissingOfAsync(site.Active, active, key, Deed.Photo, withWebP: false),
                Known.Turned => await CrashSite.MissingOfAsync(site.Active, active, key, content: null, withWebP: false),
                Known.Deleted => incoming.Concat(active).Where(name => name.StartsWith(key[..^4], StringComparison.Ordinal)).Select(name => $"{name} is back"),
                _ => [],
            });
        }

        return wrong;
    }

    private static async Task<IReadOnlyList<string>> HalfDoneAsync(CrashSite site)
    {
        IReadOnlyList<string> active = await site.Active.NamesAsync();
        return
        [
            .. (await site.Incoming.NamesAsync()).Where(active.Contains).Select(name => $"{name} is in incoming still"),
            .. await CrashSite.HalvesAsync(site.Active, withWebP: true),
            .. site.TempLeftovers(),
        ];
    }

    private enum Known
    {
        Uploaded,
        Published,

        /// <summary>Published, with another original than the one that was uploaded.</summary>
        Turned,
        Deleted,

        /// <summary>A request was not answered, so either is right.</summary>
        Uncertain,
    }
}
