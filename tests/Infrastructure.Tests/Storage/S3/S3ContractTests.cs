using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>The contract, on a real server.</summary>
public abstract class S3ContractTests : ImageStorageContract, IAsyncLifetime
{
    private readonly S3Server _server;
    private S3Buckets _buckets = null!;

    protected S3ContractTests(S3Server server)
    {
        Skip.If(S3Server.WhySkipped is not null, S3Server.WhySkipped);
        _server = server;
    }

    public async Task InitializeAsync() => _buckets = await S3Buckets.CreateAsync(_server, Change, activeKey: ActiveKey);

    public Task DisposeAsync() => _buckets.DisposeAsync().AsTask();

    internal virtual string? ActiveKey => null;

    internal virtual S3Settings Change(S3Settings settings) => settings;

    protected override IImageStorage CreateStorage(string name) => name == "incoming" ? _buckets.Stores.Incoming : _buckets.Stores.Active;
}

[Collection(S3Collection.Name)]
public sealed class S3ImageStorageTests(S3Server server) : S3ContractTests(server);

/// <summary>With requests that are signed as before 2012.</summary>
[Collection(S3Collection.Name)]
public sealed class S3OldSignatureTests(S3Server server) : S3ContractTests(server)
{
    internal override S3Settings Change(S3Settings settings) => settings with { HasOldSignature = true };
}

/// <summary>With two accounts, so that each copy goes through this process.</summary>
[Collection(S3Collection.Name)]
public sealed class S3TwoAccountsTests(S3Server server) : S3ContractTests(server)
{
    internal override string? ActiveKey => "otheraccess";
}
