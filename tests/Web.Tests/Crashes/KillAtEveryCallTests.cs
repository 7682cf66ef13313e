using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ImageBackend.Testing;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Crashes;

/// <summary>
/// The service kills itself before or after calls of its storages, in each request and in what follows it in the background, with a client that
/// repeats its request or with one that never comes back. CRASH_EVERY=1 dies at every call, in one of these four ways after another;
/// with CRASH_WAYS=all in each of them. CRASH_AT_ONCE services do so side by side.
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

    private static readonly int Every = Number("CRASH_EVERY", 100);

    private static readonly int AtOnce = Number("CRASH_AT_ONCE", 1);

    private static readonly bool InAllWays = Environment.GetEnvironmentVariable("CRASH_WAYS") == "all";

    public static TheoryData<string> DeedsOnFolders => [.. Deed.All.Select(deed => deed.Name)];

    public static TheoryData<string> DeedsOnS3 => Every == 1 ? DeedsOnFolders : ["publish with a crop", "rotate"];

    public static async Task RunAsync(string name, Func<TempFolder, Task<TestStorages>> make, ITestOutputHelper output)
    {
        Deed deed = Deed.All.Single(one => one.Name == name);
        int calls = await CountAsync(deed, make);
        Kill[] kills = [.. KillsOf(calls)];
        ConcurrentQueue<string> wrong = [];
        await Parallel.ForEachAsync(kills, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (kill, _) =>
        {
            foreach (string what in await KillAsync(deed, make, kill))
            {
                wrong.Enqueue($"{name}, killed {(kill.TakesEffect ? "after" : "before")} call {kill.Call}{(kill.Repeats ? ", repeated" : "")}: {what}");
            }
        });

        output.WriteLine($"{name}: {calls} calls, killed {kills.Length} times");
        wrong.Should().BeEmpty();
    }

    private static int Number(string variable, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{otherwise}", CultureInfo.InvariantCulture);

    private static IEnumerable<Kill> KillsOf(int calls)
    {
        for (int call = 1 + (calls / 2 % Every); call <= calls; call += Every)
        {
            if (!InAllWays)
            {
                yield return new Kill(call, TakesEffect: call % 2 == 0, Repeats: call % 4 < 2);
                continue;
            }

            foreach (bool takesEffect in (bool[])[false, true])
            {
                yield return new Kill(call, takesEffect, Repeats: false);
                yield return new Kill(call, takesEffect, Repeats: true);
            }
        }
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

    private static async Task<IReadOnlyList<string>> KillAsync(Deed deed, Func<TempFolder, Task<TestStorages>> make, Kill kill)
    {
        await using CrashSite site = await CreateAsync(make);
        await site.StartAsync();
        string key = await deed.PrepareAsync(site);
        await QuietAsync(site);
        site.DieAt(kill.Call, kill.TakesEffect);
        using HttpResponseMessage? first = await CrashSite.AnswerAsync(() => deed.SendAsync(site, key));
        await DiedAsync(site);
        site.Kill();
        site.LetLive();
        List<string> wrong = [];
        HttpResponseMessage? answer = first;
        if (kill.Repeats)
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

    private readonly record struct Kill(int Call, bool TakesEffect, bool Repeats);
}
