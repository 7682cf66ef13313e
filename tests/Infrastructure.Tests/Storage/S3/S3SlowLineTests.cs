using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>Time limits grow with the bytes: steady progress is waited for, a stall or a trickle is not.</summary>
[Collection(S3Collection.Name)]
public sealed class S3SlowLineTests(S3Server server) : IAsyncLifetime, IDisposable
{
    private const int Bytes = 4_000_000; // allows 16 s besides the one

    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(Bytes);
    private FaultProxy _proxy = null!;
    private S3Buckets _buckets = null!;
    private S3Stores? _slow;

    public async Task InitializeAsync()
    {
        if (S3Server.WhySkipped is not null)
        {
            return;
        }

        _proxy = await FaultProxy.StartAsync(server.Endpoint);
        _buckets = await S3Buckets.CreateAsync(server);
        S3Account byProxy = S3Buckets.AccountOf(server, server.AccessKey) with { Endpoint = new Uri(_proxy.Endpoint) };
        _slow = _buckets.With(settings => settings with
        {
            Incoming = settings.Incoming with { Account = byProxy },
            Active = settings.Active with { Account = byProxy },
            Timeout = TimeSpan.FromSeconds(1),
        });
    }

    public async Task DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _buckets.DisposeAsync();
            await _proxy.DisposeAsync();
        }
    }

    public void Dispose() => _slow?.Dispose();

    [NeedsS3Fact]
    public async Task An_object_that_takes_long_to_be_sent_is_stored_at_the_first_attempt()
    {
        _proxy.BytesPerSecond = 1_500_000;

        await PutAsync(_slow!.Stores.Incoming);

        _proxy.TakeCalls().Should().ContainSingle(call => call.Method == "PUT").Which.BytesIn.Should().Be(Bytes);
    }

    [NeedsS3Fact]
    public async Task An_object_that_takes_long_to_come_is_read()
    {
        await PutAsync(_buckets.Stores.Incoming);
        _proxy.BytesPerSecond = 1_500_000;

        await using OpenedImage opened = await _slow!.Stores.Incoming.OpenReadAsync(Key, None);

        (await SHA256.HashDataAsync(opened.Content)).Should().Equal(SHA256.HashData(_content));
    }

    [NeedsS3Fact]
    public async Task An_object_that_trickles_is_a_fault()
    {
        await PutAsync(_buckets.Stores.Incoming);
        _proxy.BytesPerSecond = 10;

        await using OpenedImage opened = await _slow!.Stores.Incoming.OpenReadAsync(Key, None);
        Func<Task> read = () => SHA256.HashDataAsync(opened.Content).AsTask();

        await read.Should().ThrowAsync<StorageException>().WithMessage("*it does not answer*");
    }

    [NeedsS3Fact]
    public async Task A_copy_inside_the_service_has_time_for_the_largest_object()
    {
        await PutAsync(_buckets.Stores.Active);
        _proxy.Latency = TimeSpan.FromSeconds(2);

        await _slow!.Stores.Active.SetPropertiesAsync(Key, ImageProperties.None, None);

        _proxy.TakeCalls().Where(call => call.IsCopy).Should().ContainSingle();
    }

    [NeedsS3Fact]
    public async Task A_call_without_a_body_has_no_more_time_than_is_set()
    {
        _proxy.Latency = TimeSpan.FromSeconds(2);

        Func<Task> find = () => _slow!.Stores.Active.FindAsync(Key, None);

        await find.Should().ThrowAsync<StorageException>().WithMessage("*no answer within 1 seconds*");
    }

    private async Task PutAsync(IImageStorage storage)
    {
        using MemoryStream content = new(_content, writable: false);
        await storage.PutAsync(Key, content, ImageProperties.None, None);
    }
}
