using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Fleet.Hangfire;
using ImageBackend.Infrastructure.Postgres;

namespace ImageBackend.Web.Tests;

/// <summary>A ledger of batches as workers leave it while they work.</summary>
internal static class SeenRuns
{
    /// <summary>One run with a chunk that is done and one at work, and one that was just ordered.</summary>
    public static async Task FillAsync(string address)
    {
        PostgresUrl.TryParse(address, out PostgresUrl? url, out _).Should().BeTrue();
        await using FleetDatabase database = new(url!);
        TimeSpan lostAfter = TimeSpan.FromMinutes(2);
        HangfireBroker broker = new(database, lostAfter);
        await FleetSchema.InitAsync(database, broker, CancellationToken.None);
        RunLedger runs = new(database);
        ChunkLedger chunks = new(database, lostAfter);
        SharedSettings settings = new(new Dictionary<string, string> { [SharedSettings.Storages] = "here" });
        long resize = await runs.AddAsync(new RunOrder("resize", "{}", settings, "queue"), CancellationToken.None);
        await runs.SetTotalAsync(resize, 10, CancellationToken.None);
        await runs.HeardOfAsync(new FleetWorker("a", "1", Jobs: 2, Trouble: null), ["queue"], CancellationToken.None);
        string[] keys = ["1_1.jpg", "1_2.jpg", "1_3.jpg", "1_4.jpg"];
        FleetRun fed = (await chunks.AddAsync(await runs.FindAsync(resize, CancellationToken.None), keys, CancellationToken.None))!;
        await broker.SubmitAsync("queue", new ChunkRef(resize, 1), CancellationToken.None);
        BegunChunk begun = (await chunks.BeginAsync(new ChunkRef(resize, 1), "a", CancellationToken.None))!;
        ChunkReport report = new(keys.Length, [], ChunkOutcome.Done) { Processed = 2, Skipped = 1, Failures = [("1_4.jpg", "It is broken.")] };
        await chunks.ReportAsync(begun, "a", report, CancellationToken.None);
        await chunks.AddAsync(fed, ["1_5.jpg"], CancellationToken.None);
        await chunks.BeginAsync(new ChunkRef(resize, 2), "a", CancellationToken.None);
        await runs.AddAsync(new RunOrder("verify", "{}", settings, "queue of others"), CancellationToken.None);
    }
}
