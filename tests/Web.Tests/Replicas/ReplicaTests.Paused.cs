using System.Net;
using System.Text.RegularExpressions;

namespace ImageBackend.Web.Tests.Replicas;

// A replica that stands still in the middle of its work, and goes on once others have done theirs.
// REPLICA_PAUSE: for how many more seconds it stands still; none if not set.
public sealed partial class ReplicaTests
{
    private static readonly TimeSpan StandsStill = TimeSpan.FromSeconds(Setting("REPLICA_PAUSE", 0));

    private string Incoming => ((BucketStorage)fleet.Incoming).Bucket;

    private string Active => ((BucketStorage)fleet.Active).Bucket;

    // What it has read it writes once the image is deleted.
    [NeedsReplicasFact]
    public Task A_publish_that_stood_still_before_its_commit_brings_no_deleted_image_back() =>
        DeletedAroundPauseAsync(name => call => IsFor(call, "GET", Incoming, name));

    [NeedsReplicasFact]
    public Task A_publish_that_stood_still_in_its_commit_brings_no_deleted_image_back() =>
        DeletedAroundPauseAsync(name => call => IsFor(call, "PUT", Active, name));

    [NeedsReplicasFact]
    public async Task A_publish_that_stood_still_spoils_nothing_of_what_others_have_published_meanwhile()
    {
        string name = await B.Client.UploadAsync(Photo);

        using HttpResponseMessage published = await AroundPauseAsync(
            call => IsFor(call, "PUT", Active, name),
            () => A.Client.PublishAsync(name),
            async () =>
            {
                await (await B.Client.PublishAsync(name)).ShouldBeJsonAsync(200);
                await (await C.Client.PublishAsync(name)).ShouldBeJsonAsync(200);
            });

        published.StatusCode.Should().Be(HttpStatusCode.OK);
        await fleet.ShouldBePublishedAsync(name, Photo);
    }

    [NeedsReplicasFact]
    public async Task A_delete_that_stands_still_is_finished_by_others_and_by_itself()
    {
        string name = await B.Client.UploadAsync(Photo);
        await (await B.Client.PublishAsync(name)).ShouldBeJsonAsync(200);

        using HttpResponseMessage deleted = await AroundPauseAsync(
            call => IsFor(call, "PUT", Incoming, $".marks/deleted/{name}"),
            () => A.Client.DeleteImageAsync(name),
            async () =>
            {
                await (await B.Client.PublishAsync(name)).ShouldBeProblemAsync(404, "unknown_image");
                await fleet.ReconcileLaterAsync();
                await fleet.ShouldBeGoneAsync(name);
            });

        deleted.StatusCode.Should().Be(HttpStatusCode.OK);
        await fleet.ShouldBeGoneAsync(name);
    }

    [NeedsReplicasFact]
    public async Task An_upload_that_stood_still_goes_on_and_others_publish_it()
    {
        using HttpResponseMessage uploaded = await AroundPauseAsync(
            call => call.StartsWith($"PUT /{Incoming}/", StringComparison.Ordinal),
            () => A.Client.PostAsync("/upload", new RawForm().File(Photo).ToContent()),
            fleet.ReconcileLaterAsync);

        string name = (await uploaded.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        await (await B.Client.PublishAsync(name)).ShouldBeJsonAsync(200);
        await fleet.ShouldBePublishedAsync(name, Photo);
    }

    [NeedsReplicasFact]
    public async Task A_cleaner_that_stood_still_removes_nothing_that_was_published_meanwhile()
    {
        const string Name = "1475660224_7.jpg"; // the age of a name counts, too
        await fleet.Incoming.PutAsync(Name, Photo);
        A.Storage.Age = Fleet.Later; // only to this replica it is old
        Task paused = A.PausesAtAsync(call => IsFor(call, "HEAD", Active, Name));
        try
        {
            await paused;
            await (await B.Client.PublishAsync(Name)).ShouldBeJsonAsync(200);
            await Task.Delay(StandsStill);
        }
        finally
        {
            A.Continue();
            A.Storage.Age = TimeSpan.Zero;
        }

        await fleet.ShouldBePublishedAsync(Name, Photo);
    }

    [NeedsReplicasFact]
    public async Task A_reconciler_that_stood_still_in_a_publish_brings_no_deleted_image_back()
    {
        string name = await B.Client.UploadAsync(Photo);
        string thumbnail = name.WithThumbnails().Last();
        await fleet.Active.PutAsync(thumbnail, await fleet.Incoming.ReadAsync(thumbnail)); // as a publish that was cut off leaves it
        await A.StopAsync();
        A.Storage.Age = Fleet.Later;
        Task paused = A.PausesAtAsync(call => IsFor(call, "GET", Incoming, name));
        A.Begin();
        try
        {
            await paused;
            await (await B.Client.DeleteImageAsync(name)).ShouldBeJsonAsync(200);
            await Task.Delay(StandsStill);
        }
        finally
        {
            A.Continue();
        }

        await A.ListensAsync();
        await Eventually.IsAsync(() => Reconciled().IsMatch(A.Output));
        A.Storage.Age = TimeSpan.Zero;
        await fleet.ShouldBeGoneAsync(name);
    }

    [NeedsReplicasFact]
    public async Task A_request_that_nginx_gave_to_another_is_done_too_late_and_brings_no_deleted_image_back()
    {
        string[] names = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => B.Client.UploadAsync(Photo))); // in turn: one of them meets A
        using Nginx nginx = new([.. fleet.Replicas.Select(replica => replica.Port)], patience: "5s");
        await nginx.StartedAsync();
        A.Pause();
        try
        {
            await Task.WhenAll(names.Select(async name => await (await nginx.Client.PublishAsync(name)).ShouldBeJsonAsync(200)));
            await Task.WhenAll(names.Select(async name => await (await B.Client.DeleteImageAsync(name)).ShouldBeJsonAsync(200)));
            await Task.Delay(StandsStill);
        }
        finally
        {
            A.Continue();
        }

        await (await A.Client.GetAsync("/ping")).Content.ReadAsStringAsync();
        await fleet.ReconcileLaterAsync();
        foreach (string name in names)
        {
            await fleet.ShouldBeGoneAsync(name);
        }
    }

    /// <summary>A publish stops at a call, the image is deleted meanwhile, and stays deleted.</summary>
    private async Task DeletedAroundPauseAsync(Func<string, Func<string, bool>> at)
    {
        string name = await B.Client.UploadAsync(Photo);

        using HttpResponseMessage published = await AroundPauseAsync(
            at(name), () => A.Client.PublishAsync(name), async () => await (await B.Client.DeleteImageAsync(name)).ShouldBeJsonAsync(200));

        published.StatusCode.Should().Be(HttpStatusCode.NotFound);
        await fleet.ReconcileLaterAsync();
        await fleet.ShouldBeGoneAsync(name);
    }

    /// <summary>Sends a request, whose replica stops in it; then does something else, and lets the replica go on.</summary>
    private async Task<HttpResponseMessage> AroundPauseAsync(Func<string, bool> at, Func<Task<HttpResponseMessage>> send, Func<Task> meanwhile)
    {
        Task paused = A.PausesAtAsync(at);
        Task<HttpResponseMessage> sending = send();
        try
        {
            await paused;
            await meanwhile();
            await Task.Delay(StandsStill);
        }
        finally
        {
            A.Continue();
        }

        return await sending;
    }

    private static bool IsFor(string call, string method, string bucket, string key) =>
        Uri.UnescapeDataString(call).Split('?')[0] == $"{method} /{bucket}/{key}";

    [GeneratedRegex("interrupted publish")]
    private static partial Regex Reconciled();
}
