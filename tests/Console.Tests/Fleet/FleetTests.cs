using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

// Workers of a fleet mostly wait.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace ImageBackend.Cli.Tests.Fleet;

/// <summary>Several workers of `images worker` share a run: real processes, a real PostgreSQL, and what may happen to them.</summary>
public sealed partial class FleetTests(PostgresServer database) : IClassFixture<PostgresServer>
{
    // Chunks of a machine that is lost are begun again after about this time.
    private const string Soon = "2s";

    // Longer than any of these tests: nothing here may wait for it.
    private const string Never = "10m";

    [NeedsPostgresFact]
    public async Task When_the_worker_that_also_feeds_is_killed_another_does_its_part_and_the_bytes_are_those_of_one_machine()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 60, chunk: 6, Soon);
        TaskCompletionSource isHeld = new();
        site.Hold("5_5.jpg", times => times > 1 ? Task.CompletedTask : Task.WhenAll(Task.Run(isHeld.SetResult), Task.Delay(Timeout.Infinite)));
        FleetProcess first = site.Start("worker -j 2");
        FleetProcess order = site.Start("migrate --engine hangfire -p 50");

        await isHeld.Task;
        await site.WaitForAsync("SELECT number FROM batches.chunk WHERE submitted IS NOT NULL", rows => rows.Count == 5);
        (await site.AskAsync("SELECT fed FROM batches.run")).Should().Equal(["30"], "it feeds four chunks ahead of one worker that is held at the first");
        site.Start("worker -j 2");
        await site.WaitForAsync("SELECT name FROM batches.worker", rows => rows.Count == 2);
        first.Kill();
        Ended ended = await order.EndAsync();

        ended.Code.Should().Be(0, ended.Errors);
        ended.Output.Should().MatchRegex(@"Images: 60, skipped: \d+, processed: \d+, errors: 0");
        (await site.AskAsync("SELECT fed || ' ' || chunks FROM batches.run")).Should().Equal(["60 10"], "no key was fed twice");
        (await site.AskAsync("SELECT deaths FROM batches.chunk WHERE number = 1")).Should().Equal("1");
        (await site.AskAsync("SELECT number FROM batches.chunk WHERE keys IS NOT NULL OR state <> 'done'")).Should().BeEmpty("what is done takes no room");
        Ended again = await site.Images.RunAsync("migrate");
        again.Output.Should().Contain("Images: 60, skipped: 60, processed: 0, errors: 0", "it also removes what the killed one left half-written");
        using ImagesProgram alone = new();
        foreach (string name in new[] { "V5_DATABASE_URL", "V5_IMAGES_URL", "IMAGING_ISOLATION" })
        {
            alone.Variables[name] = site.Images.Variables[name];
        }

        (await alone.RunAsync("migrate")).Code.Should().Be(0);
        Contents(site.Images.Active).Should().BeEquivalentTo(Contents(alone.Active)).And.HaveCount(60 * 7);
    }

    [NeedsPostgresFact]
    public async Task What_a_killed_worker_left_locked_is_taken_as_soon_as_the_worker_is_lost()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 2, chunk: 1, Soon);
        // As by a worker that was killed in the milliseconds in which it held them, of the jobs to come.
        await site.AskAsync("""
            INSERT INTO image_batches_hangfire.lock (resource, updatecount, acquired)
            SELECT 'image_batches_hangfire:job:' || number || ':state-lock', 0, now() AT TIME ZONE 'utc' FROM generate_series(1, 20) number
            """);
        site.Start("worker -j 1");

        Ended run = await site.Start("migrate --engine hangfire").EndAsync();

        run.Code.Should().Be(0, run.Errors);
        run.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        (await site.AskAsync("SELECT count(*) FROM image_batches_hangfire.lock WHERE resource ~ ':job:[12]:'")).Should().Equal(["0"], "these were in the way");
    }

    [NeedsPostgresFact]
    public async Task What_a_killed_worker_had_does_not_wait_behind_all_that_is_queued()
    {
        const int Count = 60;
        await using FleetSite site = await FleetSite.CreateAsync(database, Count, chunk: 5, Soon);
        ConcurrentQueue<int> asked = [];
        TaskCompletionSource isHeld = new();
        for (int number = 1; number <= Count; number++)
        {
            int image = number;
            site.Hold($"{image}_{image}.jpg", times =>
            {
                asked.Enqueue(image);
                bool isOfTheKilled = image == 3 && times == 1;
                return isOfTheKilled ? Task.WhenAll(Task.Run(isHeld.SetResult), Task.Delay(Timeout.Infinite)) : Task.Delay(300);
            });
        }

        FleetProcess killed = site.Start("worker -j 1");
        FleetProcess order = site.Start("migrate --engine hangfire");
        await isHeld.Task;
        killed.Kill();
        site.Start("worker -j 1");

        Ended run = await order.EndAsync();

        run.Code.Should().Be(0, run.Errors);
        int[] inTurn = [.. asked];
        Array.LastIndexOf(inTurn, 3).Should().BeInRange(3, Count / 3, "asked for were {0}", string.Join(' ', inTurn));
    }

    [NeedsPostgresFact]
    public async Task A_run_can_be_left_cancelled_and_resumed_and_a_worker_that_is_told_to_end_gives_back_its_work()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 60, chunk: 30, Never);
        SemaphoreSlim isHeld = new(0);
        TaskCompletionSource[] gates = [new(), new()];
        site.Hold("5_5.jpg", async times => await HoldAsync(times, gates[0]));
        site.Hold("35_35.jpg", async times => await HoldAsync(times, gates[1]));
        FleetProcess worker = site.Start("worker -j 1");
        FleetProcess order = site.Start("migrate --engine hangfire");

        await isHeld.WaitAsync();
        order.Signal("TERM");
        Ended left = await order.EndAsync();
        Ended second = await site.Images.RunAsync("migrate --engine hangfire");
        Ended cancelled = await site.Images.RunAsync("batch cancel 1");
        gates[0].SetResult();
        await site.WaitForAsync("SELECT number FROM batches.chunk WHERE state = 'working'", rows => rows.Count == 0);
        int afterCancel = ImagesProgram.ImagesIn(site.Images.Active).Count;
        Ended status = await site.Images.RunAsync("batch status 1");
        Ended resumed = await site.Images.RunAsync("batch resume 1");
        await isHeld.WaitAsync();
        worker.Signal("TERM");
        await Task.Delay(200);
        gates[1].SetResult();
        Ended gaveBack = await worker.EndAsync();
        site.Start("worker");
        Ended watched = await site.Images.RunAsync("batch watch 1");

        left.Code.Should().Be(130, left.Errors);
        left.Errors.Should().Contain("Run 1 continues on the workers");
        second.Code.Should().Be(2);
        second.Errors.Should().Contain("Run 1 (migrate) is under way");
        cancelled.Code.Should().Be(0, cancelled.Errors);
        afterCancel.Should().BeLessThan(60 * 4);
        status.Output.Should().Contain("Run 1: migrate, cancelled");
        resumed.Code.Should().Be(0, resumed.Errors);
        gaveBack.Code.Should().Be(0, gaveBack.Errors);
        ImagesProgram.ImagesIn(site.Images.Active).Should().HaveCount(60 * 4);
        watched.Code.Should().Be(0, watched.Errors);
        watched.Output.Should().Contain("Images: 60, skipped: 0, processed: 60, errors: 0", "nothing is done twice");
        (await site.AskAsync("SELECT sum(deaths) FROM batches.chunk")).Should().Equal("0");

        async Task HoldAsync(int times, TaskCompletionSource gate)
        {
            if (times == 1)
            {
                isHeld.Release();
                await gate.Task;
            }
        }
    }

    [NeedsPostgresFact]
    public async Task Machines_with_other_settings_leave_a_run_alone_and_can_not_resume_it()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 4, chunk: 2, Never);
        (await site.Images.RunAsync("migrate --engine hangfire --detach")).Code.Should().Be(0);
        site.Images.Variables["CACHE_CONTROL"] = "no-store";
        FleetProcess other = site.Start("worker");
        await site.WaitForAsync("SELECT name FROM batches.worker", rows => rows.Count > 0);
        await site.WaitForAsync("SELECT pg_sleep(1)::text", _ => true);
        other.Signal("TERM");
        Ended said = await other.EndAsync();
        (await site.Images.RunAsync("batch cancel 1")).Code.Should().Be(0);

        Ended resumed = await site.Images.RunAsync("batch resume 1");

        said.Code.Should().Be(0, said.Errors);
        said.Errors.Should().Contain("Run 1 (migrate) is left to other machines, since it has other settings: Cache-Control: no-store here, public, max-age=3600 in the run.");
        ImagesProgram.ImagesIn(site.Images.Active).Should().BeEmpty();
        resumed.Code.Should().Be(2);
        resumed.Errors.Should().Contain("Run 1 was begun with other settings").And.Contain("Start a new run: what is done is skipped.");
    }

    [NeedsPostgresFact]
    public async Task What_can_not_be_shared_is_refused_with_what_to_do()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 1, chunk: 1, Never);
        Dictionary<string, string> variables = site.Images.Variables;
        string good = variables["BATCH_DATABASE_URL"];
        (string Command, string? Address, int Code, string Says)[] rows =
        [
            ("resize --engine hangfire", null, 2, "BATCH_DATABASE_URL: is not set"),
            ("worker", "mysql://x", 2, "BATCH_DATABASE_URL: is not the address of a PostgreSQL database"),
            ("worker", "postgresql://postgres:s3cret@127.0.0.1:1/x", 3, "can't be reached"),
            ("batch list", good.Replace("ss%2F", "zz%2F", StringComparison.Ordinal), 3, "refuses the user or the password"),
            ("resize --engine hangfire", await database.CreateDatabaseAsync("SELECT 1"), 3, "make them by `images batch init`"),
            ("worker", await database.CreateDatabaseAsync("CREATE SCHEMA image_batches; CREATE TABLE image_batches.version AS SELECT 0 AS version"), 3, "of version 0, but this program works with version 1"),
            ("batch init", await database.CreateDatabaseAsync("CREATE SCHEMA image_batches; CREATE TABLE image_batches.version AS SELECT 2 AS version"), 3, "use the program that made them"),
            ("batch status 7", good, 2, "There is no run 7"),
            ("batch status x", good, 2, "'x' is not the number of a run"),
            ("resize --engine rabbit", good, 2, "'rabbit' is not a valid engine for --engine; give local or hangfire."),
            ("resize --engine hangfire --shard 1/2", good, 2, "--shard and --engine don't go together"),
            ("resize --engine hangfire -j 3", good, 2, "`images worker -j 3`"),
            ("resize --engine hangfire --plan", good, 2, "--plan adds up in one process"),
            ("resize --detach", good, 2, "--detach needs an engine of several machines"),
        ];
        foreach ((string command, string? address, int code, string says) in rows)
        {
            variables.Remove("BATCH_DATABASE_URL");
            if (address is not null)
            {
                variables["BATCH_DATABASE_URL"] = address;
            }

            Ended ended = await site.Images.RunAsync(command);

            ended.Code.Should().Be(code, $"{command}: {ended.Errors}");
            ended.Errors.Should().Contain(says).And.NotContain("s3cret").And.NotContain("p@ss").And.NotContain("   at ");
        }
    }

    // A recipe names the file that it was written with, which differs each time.
    private static Dictionary<string, string> Contents(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), path =>
            NamedFile().Replace(Encoding.Latin1.GetString(File.ReadAllBytes(path)), ""));

    [GeneratedRegex("\"recipeOf\":\"[^\"]+\"")]
    private static partial Regex NamedFile();
}
