using System.Net;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>A server that says that it did something, and did not, or did it once more or later: no image is lost by it, and whatever can be noticed is a 503.</summary>
/// <remarks>The table in docs/storage.md says what can't be noticed.</remarks>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class S3LieTests(S3Server server)
{
    private static readonly byte[] Photo = Pictures.Jpeg(300, 200);

    [NeedsS3Theory]
    [InlineData(".jpg", "the original")]
    [InlineData("MI.jpg", "one thumbnail")]
    public async Task An_upload_that_was_accepted_and_dropped_is_no_success(string end, string what)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        site.Proxy.Faults = call => IsPut(call, "incoming") && call.EndsWith(end, StringComparison.Ordinal) && (end.Length > 4 || char.IsAsciiDigit(call[^5])) ? S3Fault.Dropped : null;

        using HttpResponseMessage answer = await site.Service.UploadAsync(Photo);

        await answer.ShouldBeProblemAsync(503, "storage_unavailable");
        site.Proxy.Faults = null;
        (await site.InIncomingAsync()).Should().BeEmpty("{0} is not there", what);
        site.Service.Logs.All.Should().Contain("was accepted there, but is not stored");
    }

    [NeedsS3Theory]
    [InlineData("incoming")] // where the new image is made
    [InlineData("active")]
    public async Task A_change_whose_new_image_is_dropped_keeps_the_old_one(string place)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string[] images = [await PublishedAsync(site), await PublishedAsync(site)];
        IReadOnlyList<string> before = await site.InActiveAsync();
        site.Proxy.Faults = call => IsPut(call, place) && !call.Contains(".marks", StringComparison.Ordinal) ? S3Fault.Dropped : null;

        using HttpResponseMessage rotated = await RotateAsync(site, images[0]);
        using HttpResponseMessage recropped = await RecropAsync(site, images[1]);

        await rotated.ShouldBeProblemAsync(503, "storage_unavailable");
        await recropped.ShouldBeProblemAsync(503, "storage_unavailable");
        site.Proxy.Faults = null;
        (await site.InActiveAsync()).Should().Equal(before);
        await ShouldMakeAsync(site, RotateAsync(site, images[0]));
        await ShouldMakeAsync(site, RecropAsync(site, images[1]));
        (await site.InActiveAsync()).Should().HaveCount(12).And.NotContain(images[0]).And.Contain(images[1]);
        (await site.InIncomingAsync()).Should().BeEmpty();
    }

    [NeedsS3Theory]
    [InlineData(true)] // everything
    [InlineData(false)] // the original alone
    public async Task A_copy_that_was_accepted_and_dropped_is_no_publish(bool all)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Photo);
        site.Proxy.Faults = call => IsPut(call, "active") && (all || call.EndsWith(key, StringComparison.Ordinal)) ? S3Fault.Dropped : null;

        using HttpResponseMessage answer = await site.Service.PublishAsync(key);

        await answer.ShouldBeProblemAsync(503, "storage_unavailable");
        site.Proxy.Faults = null;
        (await site.InIncomingAsync()).Should().HaveCount(4).And.Contain(key);
        await ShouldPublishAsync(site, key);
    }

    [NeedsS3Fact]
    public async Task A_thumbnail_whose_copy_is_dropped_is_made_again_before_the_source_goes()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Photo);
        int copies = 0;
        site.Proxy.Faults = call => IsPut(call, "active") && call.EndsWith("MI.jpg", StringComparison.Ordinal) && Interlocked.Increment(ref copies) == 1 ? S3Fault.Dropped : null;

        await ShouldPublishAsync(site, key);
    }

    [NeedsS3Fact]
    public async Task A_thumbnail_that_is_dropped_whenever_it_is_stored_is_a_fault()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Photo);
        site.Proxy.Faults = call => IsPut(call, "active") && call.EndsWith("MI.jpg", StringComparison.Ordinal) ? S3Fault.Dropped : null;

        using HttpResponseMessage answer = await site.Service.PublishAsync(key);

        await answer.ShouldBeProblemAsync(503, "storage_unavailable");
        site.Proxy.Faults = null;
        (await site.InIncomingAsync()).Should().Contain(key);
        await ShouldPublishAsync(site, key);
    }

    [NeedsS3Theory]
    [InlineData("DELETE")] // the original
    [InlineData("POST")] // its thumbnails
    public async Task A_delete_that_was_not_done_is_no_success(string method)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await PublishedAsync(site);
        string turned = await PublishedAsync(site);
        site.Proxy.Faults = call => call.StartsWith($"{method} /test-active", StringComparison.Ordinal) ? S3Fault.Dropped : null;

        using HttpResponseMessage deleted = await site.Service.DeleteAsync(key);
        using HttpResponseMessage rotated = await RotateAsync(site, turned);

        await deleted.ShouldBeProblemAsync(503, "storage_unavailable");
        await rotated.ShouldBeProblemAsync(503, "storage_unavailable");
        site.Service.Logs.All.Should().Contain("is still there after it was removed");
        site.Proxy.Faults = null;
        await (await site.Service.DeleteAsync(key)).ShouldBeJsonAsync(200);
        await ShouldMakeAsync(site, RotateAsync(site, turned));
        (await site.InActiveAsync()).Should().HaveCount(4).And.NotContain(key).And.NotContain(turned);
    }

    [NeedsS3Fact]
    public async Task A_source_that_was_not_removed_costs_no_publish()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Photo);
        site.Proxy.Faults = call => call.StartsWith("POST /test-incoming", StringComparison.Ordinal) ? S3Fault.Dropped : null;

        await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);

        (await site.InActiveAsync()).Should().HaveCount(4);
        (await site.InIncomingAsync()).Should().HaveCount(4);
        site.Proxy.Faults = null;
        site.Service.Time.Pass(TimeSpan.FromMinutes(6));
        await ShouldBecomeEmptyAsync(site.InIncomingAsync, "the next look at incoming finishes it");
        (await site.InActiveAsync()).Should().HaveCount(4);
    }

    [NeedsS3Fact]
    public async Task A_publish_that_was_cut_off_is_not_finished_by_a_copy_that_is_dropped()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Photo);
        int copies = 0;
        site.Proxy.Faults = call => IsPut(call, "active") && call.EndsWith(key, StringComparison.Ordinal) ? S3Fault.InternalError : null;
        await (await site.Service.PublishAsync(key)).ShouldBeProblemAsync(503, "storage_unavailable");
        site.Proxy.Faults = call => IsPut(call, "active") && Interlocked.Increment(ref copies) > 0 ? S3Fault.Dropped : null;

        site.Service.Time.Pass(TimeSpan.FromMinutes(20));
        for (int i = 0; i < 300 && !site.Service.Logs.All.Contains($"The interrupted publish of {key} can't be finished", StringComparison.Ordinal); i++)
        {
            await Task.Delay(100);
        }

        copies.Should().BePositive();
        site.Service.Logs.All.Should().Contain($"The interrupted publish of {key} can't be finished");
        site.Proxy.Faults = null;
        (await site.InIncomingAsync()).Should().HaveCount(4);
        await ShouldPublishAsync(site, key);
    }

    [NeedsS3Fact]
    public async Task What_arrives_twice_takes_nothing_away()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        site.Proxy.Faults = call => call.StartsWith("PUT", StringComparison.Ordinal) || call.StartsWith("DELETE", StringComparison.Ordinal) || call.StartsWith("POST", StringComparison.Ordinal) ? S3Fault.Repeated : null;
        string[] images = [await PublishedAsync(site), await PublishedAsync(site), await PublishedAsync(site)];
        string turned = await ShouldMakeAsync(site, RotateAsync(site, images[0]));
        string cropped = await ShouldMakeAsync(site, RecropAsync(site, images[1]));
        await (await site.Service.DeleteAsync(images[2])).ShouldBeJsonAsync(200);
        IReadOnlyList<string> before = await site.InActiveAsync();
        site.Proxy.Faults = null;

        await site.Proxy.SendKeptAsync();

        (await site.InActiveAsync()).Should().Contain(before);
        foreach (string key in new[] { turned, images[1], cropped })
        {
            Look.SizeOf(await site.Service.Client.GetByteArrayAsync($"/active/{key}".Replace(".jpg", "SI.jpg", StringComparison.Ordinal))).Should().Be((200, 200));
        }

        await (await site.Service.DeleteAsync([.. before, images[0], images[2]])).ShouldBeJsonAsync(200);
        (await site.InActiveAsync()).Should().BeEmpty("whatever came back is removed like any other");
    }

    [NeedsS3Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    public async Task What_is_done_only_after_the_answer_loses_nothing(string place)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Photo);
        site.Proxy.Faults = call => !call.StartsWith("HEAD", StringComparison.Ordinal) && call.Contains($" /test-{place}", StringComparison.Ordinal) ? S3Fault.Postponed : null;

        await (await site.Service.PublishAsync(key)).ShouldBeProblemAsync(503, "storage_unavailable");
        site.Proxy.Faults = null;
        await site.Proxy.SendKeptAsync();

        await ShouldPublishAsync(site, key);
    }

    [NeedsS3Fact]
    public async Task A_body_that_breaks_off_is_a_fault_of_the_storage_and_not_of_the_picture()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string published = await PublishedAsync(site);
        string bare = await site.Service.UploadedAsync(Photo);
        await site.Service.Incoming.RemoveAsync(bare.Replace(".jpg", "MI.jpg", StringComparison.Ordinal)); // so that it must be made from the original
        IReadOnlyList<string> before = await site.InActiveAsync();
        site.Proxy.Faults = call => call.StartsWith("GET", StringComparison.Ordinal) && call.EndsWith(".jpg", StringComparison.Ordinal) ? S3Fault.Truncated : null;

        using HttpResponseMessage rotated = await RotateAsync(site, published);
        using HttpResponseMessage recropped = await RecropAsync(site, published);
        using HttpResponseMessage publish = await site.Service.PublishAsync(bare);
        Func<Task> read = () => site.Service.Client.GetByteArrayAsync($"/active/{published}");

        await rotated.ShouldBeProblemAsync(503, "storage_unavailable");
        await recropped.ShouldBeProblemAsync(503, "storage_unavailable");
        await publish.ShouldBeProblemAsync(503, "storage_unavailable");
        await read.Should().ThrowAsync<HttpRequestException>("half of a picture must not look like all of it");
        site.Proxy.Faults = null;
        (await site.InActiveAsync()).Should().Contain(before).And.NotContain(bare);
        await ShouldPublishAsync(site, bare);
    }

    [FactThatMounts]
    public async Task A_full_temp_folder_between_two_accounts_is_a_full_storage()
    {
        if (S3Server.WhySkipped is not null || !server.IsOurs)
        {
            return; // it needs a second account
        }

        await using TestService service = await TestService.StartAsync(await TestStorages.OnS3OfTwoAccountsAsync(server, server.Endpoint));
        string key = await service.UploadedAsync(Photo);
        using (SmallDisk disk = new(service.Temp, "4k"))
        {
            await (await service.PublishAsync(key)).ShouldBeProblemAsync(503, "storage_full");
        }

        (await service.Incoming.NamesAsync()).Should().HaveCount(4);
        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
        (await service.Active.NamesAsync()).Should().HaveCount(4);
    }

    private static bool IsPut(string call, string place) => call.StartsWith($"PUT /test-{place}", StringComparison.Ordinal);

    private static async Task<string> PublishedAsync(S3Site site)
    {
        string key = await site.Service.UploadedAsync(Photo);
        await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);
        return key;
    }

    private static Task<HttpResponseMessage> RotateAsync(S3Site site, string key) =>
        site.Service.PostAsync("/rotate", ("secret", TestService.Secret), ("filename", key), ("rotation", "90"));

    private static Task<HttpResponseMessage> RecropAsync(S3Site site, string key) =>
        site.Service.PostAsync("/recrop", ("secret", TestService.Secret), ("filename", key), ("crop", "200x100+10+20"));

    private static async Task<string> ShouldMakeAsync(S3Site site, Task<HttpResponseMessage> change)
    {
        using HttpResponseMessage answer = await change;
        JsonElement body = await answer.ShouldBeJsonAsync(200);
        string key = body.GetProperty("filename").GetString()!;
        (await site.InActiveAsync()).Should().Contain(AllOf(key));
        return key;
    }

    private static async Task ShouldPublishAsync(S3Site site, string key)
    {
        using HttpResponseMessage answer = await site.Service.PublishAsync(key);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await site.InActiveAsync()).Should().Contain(AllOf(key));
        (await site.InIncomingAsync()).Should().NotContain(AllOf(key));
        (await site.Service.Client.GetByteArrayAsync($"/active/{key}")).Should().Equal(Photo);
    }

    private static async Task ShouldBecomeEmptyAsync(Func<Task<IReadOnlyList<string>>> names, string because)
    {
        for (int i = 0; i < 300 && (await names()).Count > 0; i++)
        {
            await Task.Delay(100);
        }

        (await names()).Should().BeEmpty(because);
    }

    private static string[] AllOf(string key) => [key, .. new[] { "BI", "MI", "SI" }.Select(suffix => key.Replace(".jpg", $"{suffix}.jpg", StringComparison.Ordinal))];
}
