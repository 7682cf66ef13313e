using System.Globalization;
using System.Net;
using ImageBackend.Testing;
using ImageBackend.Web.Tests.Resumable;
using Xunit.Abstractions;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>Several services on the same buckets, with nginx before them.</summary>
/// <remarks>REPLICA_CLIENTS: clients that upload and publish while replicas are restarted, 2 if not set; REPLICA_RESTARTS: how often each is, 1 if not set.</remarks>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed partial class ReplicaTests(Fleet fleet, ITestOutputHelper output) : IClassFixture<Fleet>
{
    private static readonly byte[] Photo = Pictures.Jpeg(48, 32);

    private Replica A => fleet.Replicas[0];

    private Replica B => fleet.Replicas[1];

    private Replica C => fleet.Replicas[2];

    [NeedsReplicasFact]
    public async Task What_one_has_taken_the_others_publish_crop_rotate_and_delete()
    {
        string name = await A.Client.UploadAsync(Photo);

        await (await B.Client.PublishAsync(name)).ShouldBeJsonAsync(200);
        await fleet.ShouldBePublishedAsync(name, Photo);
        string cropped = (await (await C.Client.PostFormAsync("/recrop", ("filename", name), ("crop", "16x16+4+4"))).ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        string turned = (await (await A.Client.PostFormAsync("/rotate", ("filename", cropped), ("rotation", "90"))).ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        (await fleet.Active.NamesAsync()).Should().Contain(turned.WithThumbnails()).And.NotContain(cropped);
        await (await B.Client.DeleteImageAsync(turned)).ShouldBeJsonAsync(200);

        await fleet.ShouldBeGoneAsync(turned);
    }

    [NeedsReplicasFact]
    public async Task An_image_that_all_publish_at_the_same_time_is_published_whole()
    {
        string name = await fleet.Balancer.UploadAsync(Photo);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => fleet.Replicas[i % 3].Client.PublishAsync(name)));

        answers.Select(answer => answer.StatusCode).Should().AllBeEquivalentTo(HttpStatusCode.OK);
        await fleet.ShouldBePublishedAsync(name, Photo);
    }

    [NeedsReplicasFact]
    public async Task A_delete_beside_publishes_wins_also_when_all_reconcile_later()
    {
        string[] names = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => fleet.Balancer.UploadAsync(Photo)));

        HttpResponseMessage[][] answers = await Task.WhenAll(names.Select(name => Task.WhenAll(
            A.Client.PublishAsync(name), B.Client.PublishAsync(name), C.Client.DeleteImageAsync(name))));
        await fleet.ReconcileLaterAsync();

        answers.Select(three => three[2].StatusCode).Should().AllBeEquivalentTo(HttpStatusCode.OK);
        answers.SelectMany(three => three[..2]).Select(answer => answer.StatusCode).Should().BeSubsetOf([HttpStatusCode.OK, HttpStatusCode.NotFound]);
        foreach (string name in names)
        {
            await fleet.ShouldBeGoneAsync(name);
        }
    }

    [NeedsReplicasFact]
    public async Task The_parts_of_an_upload_go_to_the_one_that_has_it()
    {
        TusSender tus = new(fleet.Balancer);
        for (int i = 0; i < 3; i++)
        {
            string address = await tus.CreatedAsync(Photo.Length);

            (await tus.PatchAsync(address, 0, Photo[..100])).StatusCode.Should().Be(HttpStatusCode.NoContent);
            using HttpResponseMessage last = await tus.PatchAsync(address, 100, Photo[100..]);

            (await last.ShouldBeJsonAsync(200)).GetProperty("width").GetInt32().Should().Be(48);
        }
    }

    [NeedsReplicasFact]
    public async Task Another_one_says_that_it_does_not_know_an_upload()
    {
        string address = await new TusSender(A.Client).CreatedAsync(Photo.Length);

        using HttpResponseMessage patch = await new TusSender(B.Client).PatchAsync(address, 0, Photo);

        await patch.ShouldBeProblemAsync(404, "unknown_upload");
        (await new TusSender(fleet.Balancer).OffsetAsync(address)).Should().Be(0);
    }

    [NeedsReplicasFact]
    public async Task While_one_after_another_is_restarted_nothing_fails_and_nothing_is_lost()
    {
        Dictionary<Replica, string> begun = [];
        foreach (Replica replica in fleet.Replicas)
        {
            TusSender tus = new(replica.Client);
            begun[replica] = await tus.CreatedAsync(Photo.Length);
            await tus.PatchAsync(begun[replica], 0, Photo[..100]);
        }

        TusSender later = new(fleet.Balancer);
        await using SiteTraffic traffic = SiteTraffic.Begin(fleet.Balancer, Photo, clients: Setting("REPLICA_CLIENTS", 2));
        foreach (Replica replica in Enumerable.Repeat(fleet.Replicas, Setting("REPLICA_RESTARTS", 1)).SelectMany(all => all))
        {
            await replica.StopAsync();
            using HttpResponseMessage away = await later.HeadAsync(begun[replica]);
            await replica.StartAsync();
            away.StatusCode.Should().Be(HttpStatusCode.Locked, "its client must ask again, not begin anew");
        }

        await traffic.EndAsync();
        output.WriteLine($"replicas | {traffic.Published.Count} images uploaded and published, {traffic.Deleted.Count} also deleted; other answers than 200: {traffic.Wrong.Count}");
        traffic.Wrong.Should().BeEmpty("{0}", fleet.Told);
        traffic.Published.Should().NotBeEmpty();
        IReadOnlyList<string> active = await fleet.Active.NamesAsync();
        active.Should().Contain(traffic.Published.SelectMany(name => name.WithThumbnails()));
        active.Should().NotContain(traffic.Deleted.SelectMany(name => name.WithThumbnails()));
        foreach (string address in begun.Values)
        {
            (await later.OffsetAsync(address)).Should().Be(100);
            await (await later.PatchAsync(address, 100, Photo[100..])).ShouldBeJsonAsync(200);
        }
    }

    [NeedsReplicasFact]
    public async Task An_upload_whose_replica_lost_its_disk_begins_anew()
    {
        TusSender tus = new(fleet.Balancer);
        string lost = await new TusSender(C.Client).CreatedAsync(Photo.Length);
        Directory.Delete(Path.Combine(C.Temp, "partial"), recursive: true);

        using HttpResponseMessage head = await tus.HeadAsync(lost);
        string anew = await tus.CreatedAsync(Photo.Length);
        using HttpResponseMessage all = await tus.PatchAsync(anew, 0, Photo);

        head.StatusCode.Should().Be(HttpStatusCode.NotFound);
        await all.ShouldBeJsonAsync(200);
    }

    [NeedsReplicasFact]
    public async Task While_the_storage_is_away_the_replicas_are_not_taken_for_dead()
    {
        string name = await fleet.Balancer.UploadAsync(Photo);
        Fail(S3Fault.InternalError);
        try
        {
            for (int i = 0; i < 2; i++)
            {
                await (await fleet.Balancer.PublishAsync(name)).ShouldBeProblemAsync(503, "storage_unavailable");
            }
        }
        finally
        {
            Fail(null);
        }

        await (await fleet.Balancer.PublishAsync(name)).ShouldBeJsonAsync(200);

        void Fail(S3Fault? fault)
        {
            foreach (Replica replica in fleet.Replicas)
            {
                replica.Storage.Faults = fault is null ? null : _ => fault;
            }
        }
    }

    private static int Setting(string name, int whenUnset) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : whenUnset;
}
