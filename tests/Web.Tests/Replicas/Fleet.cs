using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Modern;
using ImageBackend.Testing;
using ImageBackend.Web.Hosting;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>Three services on the same buckets behind nginx.</summary>
public sealed class Fleet(S3Server server) : IAsyncLifetime, IAsyncDisposable
{
    private static readonly (string Name, string Value)[] Settings =
    [
        ("API_SECRET_KEY", TestService.Secret), ("IMAGING_ISOLATION", "none"), ("DECODE_WORKERS", "2"), ("INCOMING_TTL", "10m"),
    ];

    // Past what the reconciler and the cleaner leave to requests under way, within the time for which marks count.
    public static readonly TimeSpan Later = TimeSpan.FromMinutes(20);

    private TestStorages _storages = null!;
    private FaultProxy _later = null!;
    private Nginx _nginx = null!;

    internal IReadOnlyList<Replica> Replicas { get; private set; } = [];

    internal TestStorage Incoming => _storages.Incoming;

    internal TestStorage Active => _storages.Active;

    internal HttpClient Balancer => _nginx.Client;

    internal string Told => $"{string.Join('\n', Replicas.Select(replica => replica.Output))}\n{_nginx.Log}";

    public async Task InitializeAsync()
    {
        if (NeedsReplicasFactAttribute.WhySkipped is not null)
        {
            return;
        }

        _storages = await TestStorages.OnS3Async(server, server.Endpoint);
        _later = await FaultProxy.StartAsync(server.Endpoint);
        _later.Age = Later;
        Replicas = await Task.WhenAll(new[] { "a", "b", "c" }.Select(async name =>
        {
            FaultProxy storage = await FaultProxy.StartAsync(server.Endpoint);
            return new Replica(name, storage, [.. Settings, .. name == "a" ? VariablesFor(storage).Where(one => one.Name != "ACTIVE_PREFIX").Concat(OfTheFirst(storage)) : VariablesFor(storage)]);
        }));
        await Task.WhenAll(Replicas.Select(replica => replica.StartAsync()));
        _nginx = new Nginx([.. Replicas.Select(replica => replica.Port)]);
        await _nginx.StartedAsync();
    }

    public async Task DisposeAsync()
    {
        _nginx?.Dispose();
        foreach (Replica replica in Replicas)
        {
            await replica.DisposeAsync();
        }

        if (_storages is not null)
        {
            await _later.DisposeAsync();
            await _storages.DisposeAsync();
        }
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    /// <summary>Does what the replicas do every five minutes, as if everything had been there for <see cref="Later"/>.</summary>
    public async Task ReconcileLaterAsync()
    {
        using TempFolder folder = new();
        await using WebApplication service = ImageService.Build(
            ["--environment=Production"],
            Settings.Concat(VariablesFor(_later)).Append(("TEMP_FOLDER", folder.Path))
                .ToDictionary(one => one.Item1.Replace("__", ":", StringComparison.Ordinal), one => (string?)one.Item2));
        await using AsyncServiceScope scope = service.Services.CreateAsyncScope();
        IMediator mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        await mediator.Send(new FinishDeletes());
        await mediator.Send(new ReconcileIncoming());
    }

    // It cleans; and by another name of the same account it copies as between two accounts, so that what it has read it may write much later.
    private (string Name, string Value)[] OfTheFirst(FaultProxy storage) =>
    [
        ("CLEAN_INTERVAL", "1s"),
        ("ACTIVE_PREFIX", "OTHER"),
        ("OTHER_ENDPOINT", storage.Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)),
        ("OTHER_ACCESS_KEY_ID", server.AccessKey),
        ("OTHER_SECRET_KEY", server.SecretKey),
    ];

    private (string Name, string Value)[] VariablesFor(FaultProxy storage) =>
        [.. _storages.Variables.Select(variable => variable.Name == "TEST_ENDPOINT" ? (variable.Name, storage.Endpoint) : variable)];
}
