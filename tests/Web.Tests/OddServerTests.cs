using System.Net;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The service on unusual servers: the real one, behind a proxy that lacks or requires something.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class OddServerTests(S3Server server)
{
    [NeedsS3Theory]
    [InlineData(S3Oddity.WantsContentMd5, 0, "")]
    [InlineData(S3Oddity.HasNoDeleteObjects, 501, "NotImplemented")]
    [InlineData(S3Oddity.HasNoDeleteObjects, 405, "MethodNotAllowed")]
    [InlineData(S3Oddity.HasNoDeleteObjects, 400, "NotImplemented")]
    [InlineData(S3Oddity.ListsWithoutToken, 0, "")]
    [InlineData(S3Oddity.ListsInCircles, 0, "")]
    public async Task Takes_publishes_turns_and_deletes(S3Oddity oddity, int status, string code)
    {
        await using S3Site site = await S3Site.StartAsync(server);
        site.Proxy.Be(oddity, status == 0 ? null : new S3Refusal(status, code));

        await ShouldWorkAsync(site.Service);
    }

    [NeedsS3Theory]
    [InlineData(null)]
    [InlineData("s3")]
    public async Task The_sum_of_a_list_of_keys_is_sent_whatever_the_signature(string? signature)
    {
        await using S3Site site = await S3Site.StartAsync(server, ("S3_SIGNATURE_VERSION", signature ?? ""));
        site.Proxy.Be(S3Oddity.WantsContentMd5);

        await ShouldWorkAsync(site.Service);
    }

    [NeedsS3Fact]
    public async Task Objects_are_removed_one_by_one_in_their_order_where_that_is_all_there_is()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        site.Proxy.Be(S3Oddity.HasNoDeleteObjects);
        string key = await site.Service.UploadedAsync(Pictures.Jpeg(60, 40));
        site.Proxy.TakeCalls();

        await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);
        IReadOnlyList<S3Call> publish = site.Proxy.TakeCalls();
        await (await site.Service.DeleteAsync(key)).ShouldBeJsonAsync(200);
        IReadOnlyList<S3Call> delete = site.Proxy.TakeCalls();
        await (await site.Service.DeleteAsync(key)).ShouldBeJsonAsync(200);
        IReadOnlyList<S3Call> again = site.Proxy.TakeCalls();

        publish.Count(call => call.Method == "POST").Should().Be(1, "the server is asked once");
        publish.Last(call => call.Method == "DELETE").Target.Should().EndWith($"/{key}", "the original goes last");
        delete.Count(call => call.Method == "POST").Should().Be(1, "the other bucket has not been asked yet");
        delete.Where(call => call.Method == "DELETE").Select(call => call.Target.Split('/')[^1]).First().Should().Be(key, "the original goes first");
        again.Should().NotContain(call => call.Method == "POST");
    }

    [NeedsS3Theory]
    [InlineData(501, "NotImplemented")]
    [InlineData(400, "InvalidArgument")]
    public async Task Without_acls_names_the_setting_and_works_with_it(int status, string code)
    {
        S3Refusal refusal = new(status, code);
        await using S3Site canned = await S3Site.StartAsync(server);
        canned.Proxy.Be(S3Oddity.HasNoAcls, refusal);
        await using S3Site none = await S3Site.StartAsync(server, ("S3_ACL", "none"));
        none.Proxy.Be(S3Oddity.HasNoAcls, refusal);

        await (await canned.Service.UploadAsync(Pictures.Jpeg(60, 40))).ShouldBeProblemAsync(503, "storage_unavailable");

        canned.Service.Logs.All.Should().Contain("set S3_ACL=none");
        await ShouldWorkAsync(none.Service);
    }

    private static async Task ShouldWorkAsync(TestService service)
    {
        string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        string other = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
        (await service.Incoming.NamesAsync()).Should().HaveCount(4);
        (await service.Active.NamesAsync()).Should().HaveCount(4).And.Contain(key);
        using HttpResponseMessage found = await service.Client.GetAsync($"/active/{key}");
        found.StatusCode.Should().Be(HttpStatusCode.OK);
        HttpResponseMessage turned = await service.PostAsync("/rotate", ("secret", TestService.Secret), ("filename", key), ("rotation", "90"));
        string upright = (await turned.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        (await service.Active.NamesAsync()).Should().HaveCount(4).And.Contain(upright);
        await (await service.DeleteAsync(upright, other)).ShouldBeJsonAsync(200);
        (await service.Active.NamesAsync()).Should().BeEmpty();
        (await service.Incoming.NamesAsync()).Should().BeEmpty();
    }
}
