using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Fleet.Hangfire;
using ImageBackend.Infrastructure.Postgres;

namespace ImageBackend.Web.Tests;

/// <summary>A ledger of batches as workers leave it while they work.</summary>
internal static class SeenRuns
{
    /// <summary>One run at work on its first chunk, and one that was just ordered.</summary>
    public static async Task FillAsync(string address)
    {
        PostgresUrl.TryParse(address, out PostgresUrl? url, out _).Should().BeTrue();
        await using FleetDatabase database = new(url!);
        TimeSpan lostAfter = TimeSpan.FromMinutes(2);
        await FleetSchema.InitAsync(database, new HangfireBroker(database, lostAfter), CancellationToken.None);
        RunLedger runs = new(database);
        ChunkLedger chunks = new(database, lostAfter);
        SharedSettings settings = new(new Dictionary<string, string> { [SharedSettings.Storages] = "here" });
        long resize = await runs.AddAsync(new RunOrder("resize", "{}", settings, "queue"), CancellationToken.None);
        await runs.SetTotalAsync(resize, 10, CancellationToken.None);
        await runs.HeardOfAsync(new FleetWorker("a", "1", Jobs: 2, Trouble: null), ["queue"], CancellationToken.None);
        string[] keys = ["1_1.jpg", "1_2.jpg", "1_3.jpg", "1_4.jpg"];
        await chunks.AddAsync(await runs.FindAsync(resize, CancellationToken.None), keys, CancellationToken.None);
        BegunChunk begun = (await chunks.BeginAsync(new ChunkRef(resize, 1), "a", CancellationToken.None))!;
        ChunkReport report = new(keys.Length, [], ChunkOutcome.Done) { Processed = 2, Skipped = 1, Failures = [("1_4.jpg", "It is broken.")] };
        await chunks.ReportAsync(begun, "a", report, CancellationToken.None);
        await runs.AddAsync(new RunOrder("verify", "{}", settings, "queue of others"), CancellationToken.None);
    }
}
