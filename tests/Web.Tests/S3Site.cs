using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>The service on two new buckets, with a proxy before the server that can make calls fail.</summary>
internal sealed class S3Site : IAsyncDisposable
{
    private S3Site(FaultProxy proxy, TestService service) => (Proxy, Service) = (proxy, service);

    public FaultProxy Proxy { get; }

    public TestService Service { get; }

    public static async Task<S3Site> StartAsync(S3Server server, params (string Name, string Value)[] variables)
    {
        FaultProxy proxy = await FaultProxy.StartAsync(server.Endpoint);
        return new S3Site(proxy, await TestService.StartAsync(await TestStorages.OnS3Async(server, proxy.Endpoint), variables));
    }

    public Task<IReadOnlyList<string>> InIncomingAsync() => Service.Incoming.NamesAsync();

    public Task<IReadOnlyList<string>> InActiveAsync() => Service.Active.NamesAsync();

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Proxy.DisposeAsync();
    }
}
