using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Hosting;
using ImageBackend.Infrastructure.Storage;

namespace ImageBackend.Cli.Tests.Batches;

public sealed class LocalEngineTests
{
    private static readonly Lock Gate = new();

    private static readonly StorageException Fault = new("active", "it does not work.");

    [Fact]
    public async Task Works_on_each_item_once_and_counts_what_came_of_it()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(200) };

        int code = await batch.RunAsync(key => key.StartsWith('1') ? ItemResult.Skipped() : ItemResult.Processed(bytes: 10));

        code.Should().Be(ExitCodes.Done);
        batch.Begun.Order(StringComparer.Ordinal).Should().Equal(batch.Keys.Order(StringComparer.Ordinal));
        batch.Screen.Said[0].Should().Be("Images: 200, skipped: 111, processed: 89, errors: 0");
        batch.Screen.Said[1].Should().StartWith("Total duration: 0:00:0");
        batch.Screen.Last!.Bytes.Should().Be(890);
    }

    [Fact]
    public async Task Runs_as_many_at_once_as_jobs_and_no_more()
    {
        int running = 0;
        long most = 0;
        using SemaphoreSlim all = new(0);
        using TestBatch batch = new() { Keys = TestBatch.Numbers(40), Choices = new BatchChoices { Jobs = 8 } };

        await batch.RunAsync(async (_, token) =>
        {
            int now = Interlocked.Increment(ref running);
            KeepLargest(ref most, now);
            if (now == 8)
            {
                all.Release(40);
            }

            await all.WaitAsync(token);
            Interlocked.Decrement(ref running);
            return ItemResult.Processed();
        });

        most.Should().Be(8);
    }

    [Fact]
    public async Task A_failure_that_nobody_expects_is_one_line_on_the_screen()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(1) };

        await batch.RunAsync(_ => throw new InvalidOperationException("Sequence contains more than one element\n   at Engine.Carry()"));

        batch.Screen.Troubles.Should().ContainSingle().Which.Should().StartWith("Failed: 1_1.jpg: InvalidOperationException: Sequence contains").And.NotContain("\n");
    }

    [Fact]
    public async Task One_failure_stops_no_other_and_is_told_with_its_reason()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(20) };

        int code = await batch.RunAsync(key => key == "7_1.jpg" ? throw new InvalidImageException("broken_image", "The picture is damaged.") : ItemResult.Processed());

        code.Should().Be(ExitCodes.SomeFailed);
        batch.Screen.Said[0].Should().Be("Images: 20, skipped: 0, processed: 19, errors: 1");
        batch.Screen.Troubles.Should().Equal("Failed: 7_1.jpg: The picture is damaged.");
    }

    [Fact]
    public async Task An_unforeseen_failure_is_told_with_its_kind()
    {
        using TestBatch batch = new() { Keys = ["1_1.jpg"] };

        int code = await batch.RunAsync((Func<string, ItemResult>)(_ => throw new FormatException("odd")));

        code.Should().Be(ExitCodes.SomeFailed);
        batch.Screen.Troubles.Should().Equal("Failed: 1_1.jpg: FormatException: odd");
    }

    [Theory]
    [InlineData("../1_2.jpg")]
    [InlineData("1_2.jpeg")]
    [InlineData("")]
    public async Task A_key_that_is_not_valid_fails_alone(string text)
    {
        using TestBatch batch = new() { Keys = ["1_1.jpg", text, "2_1.jpg"] };

        int code = await batch.RunAsync(_ => ItemResult.Processed());

        code.Should().Be(ExitCodes.SomeFailed);
        batch.Begun.Should().BeEquivalentTo("1_1.jpg", "2_1.jpg");
        batch.Screen.Troubles.Should().Equal($"Failed: {text}: '{text}' is not a valid key of an image, such as 1475660224_0882910455.jpg.");
    }

    [Fact]
    public async Task What_items_count_is_added_up_for_the_conclusion()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(20) };

        await batch.RunAsync(_ => ItemResult.Processed() with { Counts = new Dictionary<string, long> { ["pictures"] = 3 } });

        batch.Screen.Said[^1].Should().Be("pictures: 60");
    }

    [Fact]
    public async Task A_limit_counts_what_is_not_skipped()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(1000), Choices = new BatchChoices { Jobs = 4, Limit = 10 } };

        int code = await batch.RunAsync(key => int.Parse(key.Split('_')[0]) <= 100 ? ItemResult.Skipped() : ItemResult.Processed());

        code.Should().Be(ExitCodes.Done);
        batch.Screen.Said[0].Should().Be("Images: 110, skipped: 100, processed: 10, errors: 0");
    }

    [Fact]
    public async Task A_limit_beyond_all_items_changes_nothing()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(10), Choices = new BatchChoices { Jobs = 4, Limit = 11 } };

        (await batch.RunAsync(_ => ItemResult.Processed())).Should().Be(ExitCodes.Done);

        batch.Begun.Should().HaveCount(10);
    }

    [Fact]
    public async Task A_key_is_the_only_item()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(10), Choices = new BatchChoices { Key = "99_9.jpg" } };

        await batch.RunAsync(_ => ItemResult.Processed());

        batch.Begun.Should().Equal("99_9.jpg");
    }

    [Fact]
    public async Task A_fault_that_passes_costs_another_try_only()
    {
        int calls = 0;
        using TestBatch batch = new() { Keys = TestBatch.Numbers(1) };

        int code = await batch.RunAsync(_ => ++calls < 4 ? throw Fault : ItemResult.Processed());

        code.Should().Be(ExitCodes.Done);
        batch.Screen.Troubles.Should().HaveCount(3).And.Contain("1_1.jpg: The active storage: it does not work. Next try in 0 s.");
    }

    [Fact]
    public async Task A_storage_that_stays_away_ends_the_run_and_not_each_image()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(1000) };

        int code = await batch.RunAsync((Func<string, ItemResult>)(_ => throw Fault));

        code.Should().Be(ExitCodes.Broken);
        batch.Begun.Distinct().Should().HaveCountLessThanOrEqualTo(8);
        batch.Screen.Troubles[^1].Should().StartWith("The active storage: it does not work. It was tried again and again");
        batch.Screen.Said[0].Should().StartWith("Images: ");
    }

    [Fact]
    public async Task A_storage_that_refuses_one_image_alone_costs_that_image()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(500) };

        int code = await batch.RunAsync(key => key == "3_1.jpg" ? throw Fault : ItemResult.Processed());

        code.Should().Be(ExitCodes.SomeFailed);
        batch.Screen.Said[0].Should().Be("Images: 500, skipped: 0, processed: 499, errors: 1");
        batch.Begun.Count(key => key == "3_1.jpg").Should().BeLessThanOrEqualTo(BackOff.AMinute.Count + 1);
    }

    [Fact]
    public async Task A_full_disk_ends_the_run_though_much_is_skipped()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(10_000) };

        int code = await batch.RunAsync(key => int.Parse(key.Split('_')[0]) % 2 == 0 ? ItemResult.Skipped() : throw new StorageException("active", "no space is left.", isFull: true));

        code.Should().Be(ExitCodes.Broken);
        batch.Begun.Distinct().Should().HaveCountLessThan(1000);
    }

    [Fact]
    public async Task A_listing_that_fails_ends_the_run()
    {
        using TestBatch batch = new() { Stream = token => BrokenListing(token) };

        int code = await batch.RunAsync(_ => ItemResult.Processed());

        code.Should().Be(ExitCodes.Broken);
        batch.Screen.Said[0].Should().Be("Images: 3, skipped: 0, processed: 3, errors: 0");
    }

    [Fact]
    public async Task An_interrupt_finishes_what_runs_and_begins_nothing_new()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(1000), Choices = new BatchChoices { Jobs = 2 } };
        int finished = 0;

        int code = await batch.RunAsync(async (key, token) =>
        {
            if (key == "10_1.jpg")
            {
                batch.Interrupts.Press();
            }

            await Task.Delay(5, token);
            Interlocked.Increment(ref finished);
            return ItemResult.Processed();
        });

        code.Should().Be(ExitCodes.Interrupted);
        finished.Should().Be(batch.Begun.Count).And.BeInRange(9, 12);
        batch.Screen.Said[0].Should().Be($"Images: {finished}, skipped: 0, processed: {finished}, errors: 0");
    }

    [Fact]
    public async Task A_second_interrupt_waits_for_nothing()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(1000), Choices = new BatchChoices { Jobs = 2 } };
        TaskCompletionSource<ItemResult> never = new();

        int code = await batch.RunAsync((_, _) =>
        {
            batch.Interrupts.Press();
            batch.Interrupts.Press();
            return never.Task;
        });

        code.Should().Be(ExitCodes.Interrupted);
    }

    [Fact]
    public async Task An_interrupt_ends_the_waiting_for_a_storage()
    {
        using TestBatch batch = new() { Keys = TestBatch.Numbers(10), Pauses = [TimeSpan.FromHours(1)] };

        int code = await batch.RunAsync((Func<string, ItemResult>)(_ =>
        {
            batch.Interrupts.Press();
            throw Fault;
        }));

        code.Should().Be(ExitCodes.Interrupted);
        batch.Screen.Troubles.Should().Contain("Failed: 1_1.jpg: The active storage: it does not work.");
    }

    [Fact]
    public async Task Shards_share_out_all_items_and_none_twice()
    {
        List<string> begun = [];
        foreach (int number in new[] { 1, 2, 3 })
        {
            using TestBatch batch = new() { Keys = TestBatch.Numbers(3000), Choices = new BatchChoices { Shard = new Shard(number, 3) } };
            await batch.RunAsync(_ => ItemResult.Processed());
            batch.Begun.Count.Should().BeInRange(900, 1100);
            (batch.Screen.Last!.Total ?? batch.Begun.Count).Should().Be(batch.Begun.Count);
            begun.AddRange(batch.Begun);
        }

        begun.Order(StringComparer.Ordinal).Should().Equal(TestBatch.Numbers(3000).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_number_of_items()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("BATCH_ITEMS"), out int wanted) ? wanted : 30_000;
        long most = 0;
        int done = 0;
        using TestBatch batch = new() { Remembers = false, Stream = token => ManyKeys(count, token), Choices = new BatchChoices { Jobs = 8 } };
        long before = GC.GetTotalMemory(forceFullCollection: true);

        int code = await batch.RunAsync(key =>
        {
            if (Interlocked.Increment(ref done) % (count / 10) == 0)
            {
                KeepLargest(ref most, GC.GetTotalMemory(forceFullCollection: true));
            }

            return ItemResult.Processed();
        });

        code.Should().Be(ExitCodes.Done);
        done.Should().Be(count);
        (most - before).Should().BeLessThan(5_000_000);
    }

    private static void KeepLargest(ref long most, long now)
    {
        lock (Gate)
        {
            most = Math.Max(now, most);
        }
    }

    private static async IAsyncEnumerable<string> ManyKeys(int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 1000 == 0)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
            }

            yield return $"{i}_1.jpg";
        }
    }

    private static async IAsyncEnumerable<string> BrokenListing([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string key in TestBatch.Numbers(3))
        {
            await Task.Delay(1, cancellationToken);
            yield return key;
        }

        throw Fault;
    }
}
