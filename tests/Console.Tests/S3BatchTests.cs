using System.Globalization;
using Amazon.S3.Model;
using ImageBackend.Cli.Tests.Fleet;
using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>The batches as separate processes, on buckets of a real S3 server.</summary>
[Collection(S3Collection.Name)]
public sealed class S3BatchTests(S3Server server, PostgresServer database) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static readonly string[] Whole = ["1_1.jpg", "1_1BI.jpg", "1_1MI.jpg", "1_1SI.jpg", "2_2.png", "2_2BI.png", "2_2MI.png", "2_2SI.png"];

    private S3Images _images = null!;

    public async Task InitializeAsync()
    {
        if (S3Server.WhySkipped is null)
        {
            _images = await S3Images.CreateAsync(server);
        }
    }

    public async Task DisposeAsync()
    {
        if (_images is not null)
        {
            await _images.DisposeAsync();
        }
    }

    [NeedsS3Fact]
    public async Task Resize_makes_what_is_missing_or_stale_and_writes_no_original()
    {
        await PutOriginalsAsync();
        await _images.PutAsync(_images.Active, "1_1BI.jpg", Pictures.Jpeg(30, 20));
        GetObjectMetadataResponse before = await FactsOfAsync("1_1.jpg");

        Ended first = await _images.RunAsync("resize -v");
        GetObjectMetadataResponse made = await FactsOfAsync("1_1BI.jpg");
        Ended second = await _images.RunAsync("resize");

        first.Code.Should().Be(0, first.Errors);
        first.Output.Should().Contain("1_1BI.jpg (stale); 1_1MI.jpg (missing)").And.Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        second.Output.Should().Contain("Images: 2, skipped: 2, processed: 0, errors: 0");
        (await _images.InAsync(_images.Active)).Should().Equal(Whole);
        (made.Headers.ContentType, made.Headers.CacheControl).Should().Be(("image/jpeg", "public, max-age=77"));
        GetObjectMetadataResponse after = await FactsOfAsync("1_1.jpg");
        (after.ETag, after.LastModified).Should().Be((before.ETag, before.LastModified));
    }

    [NeedsS3Fact]
    public async Task Workers_do_each_kind_of_batch_on_buckets()
    {
        await PutOriginalsAsync();
        await _images.PutAsync(_images.Incoming, "9_9.jpg", Pictures.Jpeg(30, 20));
        _images.Variables["BATCH_DATABASE_URL"] = await database.CreateDatabaseAsync("SELECT 1");
        _images.Variables["BATCH_LOST_AFTER"] = "8s"; // so that it polls several times a second
        (await _images.RunAsync("batch init")).Code.Should().Be(0);
        await using FleetProcess worker = new(ImagesProgram.Start(_images.Variables, "worker"));

        Ended resized = await _images.RunAsync("resize --engine hangfire");
        IReadOnlyList<string> keys = await _images.InAsync(_images.Active);
        await _images.Client.DeleteObjectAsync(_images.Active, "2_2MI.png");
        Ended found = await _images.RunAsync("verify --engine hangfire -l 2");
        Ended repaired = await _images.RunAsync("verify --engine hangfire --repair");
        Ended added = await _images.RunAsync("resize --engine hangfire -k 1_1.jpg --missing --format webp");
        Ended cleaned = await _images.RunAsync("clean --engine hangfire --dry-run");
        worker.Signal("TERM");
        Ended ended = await worker.EndAsync();

        resized.Code.Should().Be(0, resized.Errors);
        keys.Should().Equal(Whole);
        found.Code.Should().Be(1, found.Errors);
        found.Output.Should().Contain("missing: 1").And.NotContain("repaired");
        found.Errors.Should().Contain("Failed: 2_2.png: missing 2_2MI.png");
        repaired.Code.Should().Be(0, repaired.Errors);
        repaired.Output.Should().Contain("missing: 1, repaired: 1");
        added.Output.Should().Contain("Images: 1, skipped: 0, processed: 1, errors: 0");
        (await _images.InAsync(_images.Active)).Should().BeEquivalentTo([.. Whole, "1_1BI.webp", "1_1MI.webp", "1_1SI.webp"]);
        cleaned.Code.Should().Be(0, cleaned.Errors);
        (await _images.InAsync(_images.Incoming)).Should().Equal("9_9.jpg");
        ended.Code.Should().Be(0, ended.Errors);
    }

    [NeedsS3Fact]
    public async Task A_plan_and_a_dry_run_write_nothing()
    {
        await PutOriginalsAsync();

        (Ended plan, S3Counts ofPlan) = await _images.CountAsync("resize --plan");
        (Ended dry, S3Counts ofDry) = await _images.CountAsync("resize --dry-run");

        plan.Output.Should().Contain("2 images, about");
        dry.Output.Should().Contain("Processed: 1_1.jpg: 1_1BI.jpg (missing)");
        (ofPlan.Puts + ofPlan.Deletes + ofDry.Puts + ofDry.Deletes + ofDry.Gets).Should().Be(0);
    }

    [NeedsS3Fact]
    public async Task Verify_finds_and_repairs_what_is_missing_orphaned_or_served_wrong()
    {
        await PutOriginalsAsync();
        (await _images.RunAsync("resize")).Code.Should().Be(0);
        await _images.Client.DeleteObjectAsync(_images.Active, "2_2MI.png");
        PutObjectRequest orphan = new() { BucketName = _images.Active, Key = "3_3BI.jpg", InputStream = new MemoryStream(Pictures.Jpeg(30, 20)), UseChunkEncoding = false };
        orphan.Metadata["recipe"] = "0123456789abcdef"; // without it, it may be somebody's original
        await _images.Client.PutObjectAsync(orphan);
        _images.Proxy.Age = TimeSpan.FromHours(1); // anything younger may be in use

        Ended found = await _images.RunAsync("verify");
        Ended repaired = await _images.RunAsync("verify --repair");
        Ended sound = await _images.RunAsync("verify");

        found.Code.Should().Be(1);
        // Another program put the originals.
        found.Errors.Should().Contain("missing 2_2MI.png").And.Contain("orphaned 3_3BI.jpg")
            .And.Contain("served with headers or access that differ from the settings 1_1.jpg");
        repaired.Code.Should().Be(0, repaired.Errors);
        sound.Code.Should().Be(0, sound.Errors);
        sound.Output.Should().Contain("Nothing was found.");
        (await _images.InAsync(_images.Active)).Should().Equal(Whole);
        GetObjectMetadataResponse original = await FactsOfAsync("1_1.jpg");
        (original.Headers.ContentType, original.Headers.CacheControl).Should().Be(("image/jpeg", "public, max-age=77"));
    }

    [NeedsS3Fact]
    public async Task Clean_removes_what_nobody_published_in_time()
    {
        await _images.PutAllAsync(_images.Incoming, ["1475660224_1.jpg", "1475660224_1BI.jpg", "1475660224_1MI.jpg", "1475660224_2.png"], Pictures.Jpeg(30, 20));
        Ended young = await _images.RunAsync("clean");
        _images.Proxy.Age = TimeSpan.FromHours(3);

        Ended dry = await _images.RunAsync("clean --dry-run");
        IReadOnlyList<string> left = await _images.InAsync(_images.Incoming);
        Ended old = await _images.RunAsync("clean");

        young.Output.Should().Contain("Images: 0,");
        dry.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        left.Should().HaveCount(4);
        old.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        (await _images.InAsync(_images.Incoming)).Should().BeEmpty();
    }

    [NeedsS3AndPostgresFact]
    public async Task Migrate_brings_images_into_the_bucket_once()
    {
        await using OriginalsServer originals = OriginalsServer.Start();
        originals.Serve("1_1.jpg", Pictures.Jpeg(600, 400));
        originals.Serve("2_2.png", Pictures.Png(300, 500));
        await UseOldSiteAsync(originals, ["1_1.jpg", "2_2.png"]);

        Ended first = await _images.RunAsync("migrate");
        (Ended second, S3Counts again) = await _images.CountAsync("migrate");

        first.Code.Should().Be(0, first.Errors);
        first.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        (await _images.InAsync(_images.Active)).Should().Equal(Whole);
        second.Output.Should().Contain("Images: 2, skipped: 2, processed: 0, errors: 0");
        again.Puts.Should().Be(0);
        originals.Asked.Should().HaveCount(2);
    }

    [NeedsS3Fact]
    public async Task A_listing_that_breaks_off_is_gone_on_with()
    {
        // A page of objects that are not looked at, so that the originals are on the second one.
        await _images.PutAllAsync(_images.Active, Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"0_{i:000}BI.jpg")), [1]);
        await PutOriginalsAsync();
        int faults = 0;
        _images.Proxy.Faults = call => call.Contains("continuation-token") && Interlocked.Increment(ref faults) <= 6 ? S3Fault.InternalError : null;

        Ended images = await _images.RunAsync("resize");

        images.Code.Should().Be(0, images.Errors);
        images.Output.Should().Contain("Images: 2, skipped: 0, processed: 2, errors: 0");
        images.Errors.Should().Contain("The active storage: the service has a fault, or is overloaded").And.Contain("The listing continues in 1 s.");
    }

    [NeedsS3Fact]
    public async Task A_storage_that_is_not_there_ends_it_with_3_and_a_sentence()
    {
        _images.Variables["ACTIVE_BUCKET"] = "test-there-is-none";

        foreach (string command in new[] { "resize", "verify", "resize --plan" })
        {
            Ended images = await _images.RunAsync(command);

            images.Code.Should().Be(3, command);
            images.Errors.Should().Contain("The active storage: the bucket is missing").And.NotContain("   at ");
        }
    }

    /// <summary>The numbers that docs/batches.md states. S3_BATCH_IMAGES of them, into the file S3_BATCH_COUNTS.</summary>
    [NeedsS3AndPostgresFact]
    public async Task Asks_for_each_object_as_often_as_is_stated()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("S3_BATCH_IMAGES"), out int wanted) ? wanted : 2;
        string[] keys = [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{1475660000 + i}_{i}.jpg"))];
        await using OriginalsServer originals = OriginalsServer.Start();
        Array.ForEach(keys, key => originals.Serve(key, Pictures.Jpeg(300, 200)));
        await UseOldSiteAsync(originals, keys);
        int pages = (int)Math.Ceiling(4 * count / 1000.0);

        S3Counts migrated = await DoneAsync("migrate");
        S3Counts migratedAgain = await DoneAsync("migrate");
        S3Counts resized = await DoneAsync("resize --force");
        S3Counts resizedAgain = await DoneAsync("resize");
        S3Counts verified = await DoneAsync("verify");

        migrated.Should().BeEquivalentTo(new { Heads = 5 * count, Gets = 0, Puts = 4 * count, Acls = 0, Lists = 0, Deletes = 0 });
        migratedAgain.Should().BeEquivalentTo(new { Heads = 4 * count, Gets = 0, Puts = 0, Acls = 0, Lists = 0, Deletes = 0 });
        resized.Should().BeEquivalentTo(new { Heads = 5 * count, Gets = count, Puts = 3 * count, Acls = 0, Lists = 2 * pages, Deletes = 0 });
        resizedAgain.Should().BeEquivalentTo(new { Heads = 4 * count, Gets = 0, Puts = 0, Acls = 0, Lists = 2 * pages, Deletes = 0 });
        verified.Should().BeEquivalentTo(new { Heads = 5 * count, Gets = 0, Puts = 0, Acls = 4 * count, Lists = 2 * (pages + 1), Deletes = 0 });

        async Task<S3Counts> DoneAsync(string command)
        {
            (Ended ended, S3Counts counts) = await _images.CountAsync(command);
            ended.Code.Should().Be(0, ended.Errors);
            ended.Output.Should().Contain($"Images: {count},");
            if (Environment.GetEnvironmentVariable("S3_BATCH_COUNTS") is { } file)
            {
                await File.AppendAllTextAsync(file, $"{command}: {counts}\n");
            }

            return counts;
        }
    }

    private async Task PutOriginalsAsync()
    {
        await _images.PutAsync(_images.Active, "1_1.jpg", Pictures.Jpeg(600, 400));
        await _images.PutAsync(_images.Active, "2_2.png", Pictures.Png(300, 500));
    }

    private async Task UseOldSiteAsync(OriginalsServer originals, IEnumerable<string> names)
    {
        _images.Variables["V5_IMAGES_URL"] = originals.Address.ToString();
        _images.Variables["V5_DATABASE_URL"] = await database.CreateDatabaseAsync(
            V5Schema.Tables + V5Schema.Reader("reader", "secret") + string.Concat(names.Select(name => V5Schema.Row(name))), "reader", "secret");
    }

    private Task<GetObjectMetadataResponse> FactsOfAsync(string key) => _images.Client.GetObjectMetadataAsync(_images.Active, key);

    private sealed class NeedsS3AndPostgresFactAttribute : FactAttribute
    {
        public NeedsS3AndPostgresFactAttribute() => Skip = S3Server.WhySkipped ?? new NeedsPostgresFactAttribute().Skip;
    }
}
