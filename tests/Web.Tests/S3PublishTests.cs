using System.Net;
using System.Net.Sockets;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>What a publish requests from S3, observed in between, and what faults at chosen points do to it.</summary>
[Collection(S3Collection.Name)]
[Trait("Storage", "s3")]
public sealed class S3PublishTests(S3Server server)
{
    [NeedsS3Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Takes_five_round_trips_and_moves_no_bytes(string modern)
    {
        await using S3Site site = await S3Site.StartAsync(server, ("GENERATE_WEBP", modern));
        string key = await site.Service.UploadedAsync(Pictures.Jpeg(600, 400));
        while ((await site.InIncomingAsync()).Count < (modern == "1" ? 7 : 4))
        {
            await Task.Delay(50);
        }

        await Task.Delay(100); // for the last check after WebP was made
        site.Proxy.TakeCalls();
        site.Proxy.Latency = TimeSpan.FromMilliseconds(100);

        await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);

        IReadOnlyList<S3Call> calls = site.Proxy.TakeCalls();
        S3Call.RoundTrips(calls).Should().BeLessThanOrEqualTo(5, string.Join("\n", calls));
        calls.Should().NotContain(call => call.Method == "GET").And.NotContain(call => call.Method == "PUT" && !call.IsCopy);
        calls.Where(call => call.IsCopy).Should().HaveCount(modern == "1" ? 7 : 4).And.AllSatisfy(call => call.BytesIn.Should().Be(0));
        calls.Should().ContainSingle(call => call.Method == "POST", "all is removed at once");
        (await site.InIncomingAsync()).Should().BeEmpty();
    }

    [NeedsS3Fact]
    public async Task An_error_within_a_200_is_no_copy()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string key = await site.Service.UploadedAsync(Pictures.Jpeg(60, 40));
        site.Proxy.Faults = _ => S3Fault.ErrorIn200;
        await (await site.Service.PublishAsync(key)).ShouldBeProblemAsync(503, "storage_unavailable");
        // Only the copies, since nothing else can be answered this way.
        int looks = 0;
        site.Proxy.Faults = _ => Interlocked.Increment(ref looks) > 13 ? S3Fault.ErrorIn200 : null;
        await (await site.Service.PublishAsync(key)).ShouldBeProblemAsync(503, "storage_unavailable");
        (await site.InActiveAsync()).Should().NotContain(key);

        site.Proxy.Faults = null;

        await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);
        (await site.InActiveAsync()).Should().HaveCount(4);
        (await site.InIncomingAsync()).Should().BeEmpty();
    }

    [NeedsS3Theory]
    [InlineData(S3Fault.InternalError)]
    [InlineData(S3Fault.SlowDown)]
    [InlineData(S3Fault.ResetBefore)]
    [InlineData(S3Fault.ResetAfter)]
    [InlineData(S3Fault.Delay)]
    [InlineData(S3Fault.Truncated)]
    public async Task One_fault_is_overcome_by_trying_again(S3Fault fault)
    {
        await using S3Site site = await S3Site.StartAsync(server, ("S3_TIMEOUT", "1"));
        string key = await site.Service.UploadedAsync(Pictures.Jpeg(60, 40));
        int calls = 0;
        // Each of the first calls of each kind: a lookup, a copy, the removal.
        site.Proxy.Faults = _ => Interlocked.Increment(ref calls) is 1 or 15 or 30 ? fault : null;

        await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);

        (await site.InActiveAsync()).Should().HaveCount(4);
        (await site.InIncomingAsync()).Should().BeEmpty();
    }

    [NeedsS3Fact]
    [Trait("fault", "c2c-11")]
    public async Task Each_call_that_fails_for_good_is_a_503_and_nothing_is_lost()
    {
        await using S3Site site = await S3Site.StartAsync(server);
        string first = await site.Service.UploadedAsync(Pictures.Jpeg(60, 40));
        site.Proxy.TakeCalls();
        await (await site.Service.PublishAsync(first)).ShouldBeJsonAsync(200);
        string[] kinds = [.. site.Proxy.TakeCalls().Select(call => $"{call.Method} {call.Target}".Replace(first[..^4], "{key}", StringComparison.Ordinal))
            .Where(call => call.Contains("{key}", StringComparison.Ordinal) || call.StartsWith("POST", StringComparison.Ordinal)).Distinct()];
        kinds.Should().HaveCountGreaterThan(15);
        foreach (string kind in kinds)
        {
            string key = await site.Service.UploadedAsync(Pictures.Jpeg(60, 40));
            string failing = kind.Replace("{key}", key[..^4], StringComparison.Ordinal);
            site.Proxy.Faults = call => call == failing ? S3Fault.InternalError : null;

            await (await site.Service.PublishAsync(key)).ShouldBeProblemAsync(503, "storage_unavailable");

            site.Proxy.Faults = null;
            await (await site.Service.PublishAsync(key)).ShouldBeJsonAsync(200);
        }

        (await site.InActiveAsync()).Should().HaveCount(4 * (kinds.Length + 1));
        (await site.InIncomingAsync()).Should().BeEmpty();
    }

    [NeedsS3Fact]
    public async Task A_server_that_is_down_at_start_is_waited_for()
    {
        using TcpListener reserved = new(IPAddress.Loopback, 0);
        reserved.Start();
        int port = ((IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();
        await using TestService service = await TestService.StartAsync(await TestStorages.OnS3Async(server, $"http://127.0.0.1:{port}"));

        (await service.Client.GetStringAsync("/ping")).Should().Be("Pong!");
        await (await service.UploadAsync(Pictures.Jpeg(60, 40))).ShouldBeProblemAsync(503, "storage_unavailable");

        await using FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint, port);
        string key = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        await (await service.PublishAsync(key)).ShouldBeJsonAsync(200);
        service.Logs.All.Should().NotContain(server.SecretKey).And.NotContain(server.AccessKey);
    }
}
