using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests.Fleet;

/// <summary>Workers in trouble that is their own or everybody's: an image that kills them, a database that is away, a full disk, a wrong clock.</summary>
public sealed class FleetTroubleTests(PostgresServer database) : IClassFixture<PostgresServer>
{
    // Chunks of a machine that is lost are begun again after about this time.
    private const string Soon = "2s";

    [NeedsPostgresFact]
    public async Task An_image_that_kills_every_worker_becomes_a_failure_and_can_be_done_later()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 24, chunk: 8, Soon);
        FleetProcess worker = site.Start("worker -j 2");
        int deaths = 0;
        bool isDeadly = true;
        site.Hold("13_13.jpg", _ =>
        {
            if (isDeadly)
            {
                worker.Kill();
                deaths++;
                worker = site.Start("worker -j 2"); // as whoever looks after containers does
            }

            return Task.CompletedTask;
        });

        Ended ended = await site.Start("migrate --engine hangfire").EndAsync();
        isDeadly = false;
        Ended failures = await site.Images.RunAsync("batch failures 1");
        Ended retried = await site.Images.RunAsync("batch retry 1");
        Ended second = await site.Images.RunAsync("batch watch 2");

        ended.Code.Should().Be(1, ended.Errors);
        ended.Output.Should().MatchRegex(@"Images: 24, skipped: \d+, processed: \d+, errors: 1");
        ended.Errors.Should().Contain("Failed: 13_13.jpg: It ended its worker 3 times.");
        deaths.Should().Be(6, "three of the chunk, then three of the image alone");
        failures.Code.Should().Be(1);
        failures.Output.Should().StartWith("13_13.jpg: It ended its worker 3 times.").And.NotContain("12_12");
        retried.Output.Should().Contain("Run 2 is ordered: 1 images");
        second.Code.Should().Be(0, second.Errors);
        second.Output.Should().Contain("Images: 1, skipped: 0, processed: 1, errors: 0");
        ImagesProgram.ImagesIn(site.Images.Active).Should().HaveCount(24 * 4);
    }

    [NeedsPostgresFact]
    public async Task A_database_that_is_away_for_longer_than_workers_are_waited_for_costs_time_and_nothing_else()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 60, chunk: 5, Soon);
        TaskCompletionSource isHeld = new();
        TaskCompletionSource isBack = new();
        site.Hold("30_30.jpg", times => times > 1 ? Task.CompletedTask : Task.WhenAll(Task.Run(isHeld.SetResult), isBack.Task));
        FleetProcess worker = site.Start("worker -j 2");
        FleetProcess order = site.Start("migrate --engine hangfire");

        await isHeld.Task;
        await database.StopAsync();
        isBack.SetResult();
        await Task.Delay(TimeSpan.FromSeconds(4));
        await database.StartAsync();
        Ended ended = await order.EndAsync();
        worker.Signal("TERM");
        Ended said = await worker.EndAsync();

        ended.Code.Should().Be(0, ended.Errors);
        ended.Output.Should().MatchRegex(@"Images: 60, skipped: \d+, processed: \d+, errors: 0");
        ended.Errors.Should().Contain("Waiting for it.").And.Contain("The database of batches is back.").And.NotContain("p@ss");
        said.Code.Should().Be(0, said.Errors);
        said.Errors.Should().Contain("The database of batches is back.").And.NotContain("   at ");
        ImagesProgram.ImagesIn(site.Images.Active).Should().HaveCount(60 * 4);
    }

    [NeedsPostgresFact]
    public async Task A_machine_on_which_a_thousand_images_in_a_row_fail_takes_itself_out_and_others_go_on()
    {
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 5, chunk: 1005, Soon);
        // What is not a key fails fastest.
        IEnumerable<string> keys = Enumerable.Range(1, 1000).Select(number => $"not a key {number}").Concat(Enumerable.Range(1, 5).Select(number => $"{number}_{number}.jpg"));
        string list = site.Images.PathOf("failed.json");
        await File.WriteAllTextAsync(list, JsonSerializer.Serialize(new { items = keys.Select(key => new { key, result = "failed" }) }));
        (await site.Images.RunAsync($"migrate --engine hangfire --detach --retry {list}")).Code.Should().Be(0);

        Ended broken = await site.Start("worker -j 1").EndAsync();
        int left = ImagesProgram.ImagesIn(site.Images.Active).Count;
        site.Start("worker -j 1");
        Ended run = await site.Images.RunAsync("batch watch 1");

        broken.Code.Should().Be(3);
        broken.Errors.Should().Contain("1000 images in a row failed here").And.Contain("`images batch retry 1`");
        left.Should().Be(0, "it leaves the rest to others");
        run.Code.Should().Be(1, run.Errors);
        run.Output.Should().Contain("Images: 1005, skipped: 0, processed: 5, errors: 1000");
        (await site.AskAsync("SELECT sum(deaths) FROM batches.chunk")).Should().Equal("0");
    }

    [SkippableFact]
    public async Task A_worker_whose_temp_disk_is_full_gives_back_its_work_and_says_why()
    {
        string? missing = new NeedsPostgresFactAttribute().Skip ?? FactThatMountsAttribute.WhySkipped;
        Skip.If(missing is not null, missing);
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 4, chunk: 1, Soon);
        string usual = site.Images.Variables["TEMP_FOLDER"];
        string small = site.Images.PathOf("small");
        Directory.CreateDirectory(small);
        using SmallDisk disk = new(small, "1m");
        site.Images.Variables["TEMP_FOLDER"] = small;
        FleetProcess full = site.Start("worker -j 1");
        await site.WaitForAsync("SELECT name FROM batches.worker", rows => rows.Count == 1);
        Func<Task> fill = () => File.WriteAllBytesAsync(Path.Combine(small, "other.bin"), new byte[2_000_000]);
        await fill.Should().ThrowAsync<IOException>();
        site.Images.Variables["TEMP_FOLDER"] = usual;

        (await site.Images.RunAsync("migrate --engine hangfire --detach")).Code.Should().Be(0);
        await site.WaitForAsync("SELECT trouble FROM batches.worker WHERE trouble IS NOT NULL", rows => rows.Count == 1, tries: 6000);
        Ended status = await site.Images.RunAsync("batch status 1");
        site.Start("worker -j 1");
        Ended run = await site.Images.RunAsync("batch watch 1");
        full.Signal("TERM");
        Ended said = await full.EndAsync();

        status.Output.Should().Contain("has trouble: The temp storage: no space is left on the disk");
        run.Code.Should().Be(0, run.Errors);
        run.Output.Should().Contain("Images: 4, skipped: 0, processed: 4, errors: 0");
        said.Errors.Should().Contain("The work is given back");
        ImagesProgram.ImagesIn(site.Images.Active).Should().HaveCount(4 * 4);
    }

    [SkippableTheory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public async Task A_machine_whose_clock_is_an_hour_off_takes_no_work_that_others_have_and_loses_none(int off)
    {
        string? missing = NeedsPostgresFactAttribute.WhySkipped ?? WrongClock.WhySkipped;
        Skip.If(missing is not null, missing);
        await using FleetSite site = await FleetSite.CreateAsync(database, count: 40, chunk: 5, Soon);
        SemaphoreSlim isHeld = new(0);
        TaskCompletionSource isOver = new();
        foreach (string name in new[] { "5_5.jpg", "10_10.jpg" })
        {
            site.Hold(name, times => times > 1 ? Task.CompletedTask : Task.WhenAll(Task.Run(isHeld.Release), isOver.Task));
        }

        FleetProcess right = site.Start("worker -j 1");
        FleetProcess wrong = site.Start("worker -j 1", WrongClock.Make(site.Images.PathOf("clock.so"), off));
        await site.WaitForAsync("SELECT name FROM batches.worker", rows => rows.Count == 2);
        FleetProcess order = site.Start("migrate --engine hangfire");
        await isHeld.WaitAsync();
        await isHeld.WaitAsync();
        await Task.Delay(TimeSpan.FromSeconds(6)); // three times what a lost worker is waited for
        Ended status = await site.Images.RunAsync("batch status 1");
        isOver.SetResult();
        Ended ended = await order.EndAsync();
        right.Signal("TERM");
        wrong.Signal("TERM");
        Ended said = await wrong.EndAsync();

        status.Output.Should().Contain("6 waiting, 2 at work").And.Contain("Workers: 2");
        ended.Code.Should().Be(0, ended.Errors);
        ended.Output.Should().Contain("Images: 40, skipped: 0, processed: 40, errors: 0", "nothing is done twice");
        (await site.AskAsync("SELECT sum(deaths) FROM batches.chunk")).Should().Equal("0");
        (await right.EndAsync()).Code.Should().Be(0);
        said.Code.Should().Be(0, said.Errors);
        string wrongTimes = "SELECT count(*) > 0 FROM image_batches_hangfire.state WHERE name = 'Processing' AND abs(extract(epoch FROM now() - (data->>'StartedAt')::timestamptz)) > 1800";
        (await site.AskAsync(wrongTimes)).Should().Equal(["True"], "it had the wrong clock");
    }
}
