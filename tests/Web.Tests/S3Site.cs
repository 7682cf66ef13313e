using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The service on two new buckets, with a proxy before the server that can spoil calls.</summary>
internal sealed class S3Site : IAsyncDisposable
{
    private readonly S3Server _server;

    private S3Site(S3Server server, FaultProxy proxy, string incoming, string active, TestService service) =>
        (_server, Proxy, Incoming, Active, Service) = (server, proxy, incoming, active, service);

    public FaultProxy Proxy { get; }

    public string Incoming { get; }

    public string Active { get; }

    public TestService Service { get; }

    public static async Task<S3Site> StartAsync(S3Server server, params (string Name, string Value)[] variables)
    {
        FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        string incoming = await server.CreateBucketAsync("incoming");
        string active = await server.CreateBucketAsync("active");
        TestService service = await TestService.StartAsync([.. VariablesOf(server, proxy.Endpoint, incoming, active), .. variables]);
        return new S3Site(server, proxy, incoming, active, service);
    }

    public static (string Name, string Value)[] VariablesOf(S3Server server, string endpoint, string incoming, string active) =>
    [
        ("STORAGE_BACKEND", "s3"),
        ("INCOMING_BUCKET", incoming),
        ("ACTIVE_BUCKET", active),
        ("INCOMING_PREFIX", "TEST"),
        ("ACTIVE_PREFIX", "TEST"),
        ("TEST_ENDPOINT", endpoint),
        ("TEST_ACCESS_KEY_ID", server.AccessKey),
        ("TEST_SECRET_KEY", server.SecretKey),
        ("CACHE_CONTROL", "public, max-age=77"),
    ];

    public Task<IReadOnlyList<string>> InIncomingAsync() => _server.KeysInAsync(Incoming);

    public Task<IReadOnlyList<string>> InActiveAsync() => _server.KeysInAsync(Active);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Proxy.DisposeAsync();
        await _server.DropBucketAsync(Incoming);
        await _server.DropBucketAsync(Active);
    }
}
