using System.Globalization;
using System.Net;
using ImageBackend.Testing;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Crashes;

/// <summary>
/// The service kills itself before or after calls of its storages, in each request and in what follows it in the background. CRASH_EVERY=1
/// dies at every call, before it and after it, each time with a client that repeats its request and with one that never comes back.
/// </summary>
[Trait("Storage", "folders")]
public sealed class KillAtEveryCallOnFoldersTests(ITestOutputHelper output)
{
    public static TheoryData<string> Deeds => KillAtEveryCall.DeedsOnFolders;

    [Theory]
    [MemberData(nameof(Deeds))]
    public Task Loses_nothing(string deed) =>
        KillAtEveryCall.RunAsync(deed, folder => Task.FromResult(TestStorages.InFolders(folder.Folder("incoming"), folder.Folder("active"))), output);
}

[Trait("Storage", "s3")]
public sealed class KillAtEveryCallOnS3Tests(S3Server server, ITestOutputHelper output) : IClassFixture<S3Server>
{
    public static TheoryData<string> Deeds => KillAtEveryCall.DeedsOnS3;

    [SkippableTheory]
    [MemberData(nameof(Deeds))]
    public Task Loses_nothing(string deed) => KillAtEveryCall.RunAsync(deed, _ => TestStorages.OnS3Async(server, server.Endpoint), output);
}

internal static class KillAtEveryCall
{
    private const int Never = 1_000_000;
    private const int MinutesDown = 15; // longer than a request may take, and than an upload waits here

    private static readonly int Every = int.Parse(Environment.GetEnvironmentVariable("CRASH_EVERY") ?? "100", CultureInfo.InvariantCulture);

    public static TheoryData<string> DeedsOnFolders => [.. Deed.All.Select(deed => deed.Name)];

    public static TheoryData<string> DeedsOnS3 => Every == 1 ? DeedsOnFolders : ["publish with a crop", "rotate"];

    public static async Task RunAsync(string name, Func<TempFolder, Task<TestStorages>> make, ITestOutputHelper output)
    {
        Deed deed = Deed.All.Single(one => one.Name == name);
        int calls = await CountAsync(deed, make);
        int kills = 0;
        List<string> wrong = [];
        bool[] both = [false, true];
        for (int call = 1 + (calls / 2 % Every); call <= calls; call += Every)
        {
            foreach (bool takesEffect in Every == 1 ? both : [call % 2 == 0])
            {
                foreach (bool repeats in Every == 1 ? both : [call % 4 < 2])
                {
                    kills++;
                    wrong.AddRange((await KillAsync(deed, make, call, takesEffect, repeats))
                        .Select(what => $"{name}, killed {(takesEffect ? "after" : "before")} call {call}{(repeats ? ", repeated" : "")}: {what}"));
                }
            }
        }

        output.WriteLine($"{name}: {calls} calls, killed {kills} times");
        wrong.Should().BeEmpty();
    }

    private static Task<CrashSite> CreateAsync(Func<TempFolder, Task<TestStorages>> make) =>
        CrashSite.CreateAsync(make, ("GENERATE_WEBP", "1"), ("INCOMING_TTL", "10m"), ("IMAGING_ISOLATION", "none"));

    // Until nothing more is called, in the background either.
    private static async Task<int> CountAsync(Deed deed, Func<TempFolder, Task<TestStorages>> make)
    {
        await using CrashSite site = await CreateAsync(make);
        await site.StartAsync();
        string key = await deed.PrepareAsync(site);
        await QuietAsync(site);
        site.DieAt(Never, takesEffect: false);
        using HttpResponseMessage response = await deed.SendAsync(site, key);
        response.IsSuccessStatusCode.Should().BeTrue();
        await QuietAsync(site);
        return Never - site.CallsLeft();
    }

    // Published images have their WebP, and incoming has let go of them.
    private static async Task QuietAsync(CrashSite site)
    {
        IReadOnlyList<string> wrong = await CrashSite.SettledAsync(async () =>
        {
            IReadOnlyList<string> incoming = await site.Incoming.NamesAsync();
            IReadOnlyList<string> active = await site.Active.NamesAsync();
            return
            [
                .. incoming.Where(name => CrashSite.IsOriginal(name) && active.Contains(name)),
                .. await CrashSite.HalvesAsync(site.Incoming, withWebP: true),
                .. await CrashSite.HalvesAsync(site.Active, withWebP: true),
                .. site.TempLeftovers(),
            ];
        });
        wrong.Should().BeEmpty();
    }

    private static async Task<IReadOnlyList<string>> KillAsync(Deed deed, Func<TempFolder, Task<TestStorages>> make, int call, bool takesEffect, bool repeats)
    {
        await using CrashSite site = await CreateAsync(make);
        await site.StartAsync();
        string key = await deed.PrepareAsync(site);
        await QuietAsync(site);
        site.DieAt(call, takesEffect);
        using HttpResponseMessage? first = await CrashSite.AnswerAsync(() => deed.SendAsync(site, key));
        await DiedAsync(site);
        site.Kill();
        site.LetLive();
        List<string> wrong = [];
        HttpResponseMessage? answer = first;
        if (repeats)
        {
            await site.StartAsync();
            answer = await deed.SendAsync(site, key);
            // The first may have turned it before its answer was lost.
            if (!answer.IsSuccessStatusCode && !(deed.Name == "rotate" && answer.StatusCode == HttpStatusCode.NotFound))
            {
                wrong.Add($"the repeated request is answered {(int)answer.StatusCode}");
            }
        }

        Promise promise = await Promise.OfAsync(deed, key, answer);
        wrong.AddRange(await CrashSite.SettledAsync(() => promise.BrokenAsync(site)));
        await site.StartAsync(MinutesDown, cleans: true);
        wrong.AddRange(await CrashSite.SettledAsync(() => promise.BrokenInTheEndAsync(site)));
        return wrong;
    }

    // A background call that came later in the count may not come at all: what it would have done is done already.
    private static async Task DiedAsync(CrashSite site)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
        while (!site.Process.HasExited && !patience.IsCancellationRequested)
        {
            await Task.Delay(20);
        }
    }
}
