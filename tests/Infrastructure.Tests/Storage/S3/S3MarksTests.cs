using ImageBackend.Application.Abstractions;
using ImageBackend.Testing;
using ImageBackend.Testing.Contracts;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>The contract, on a real server.</summary>
[Collection(S3Collection.Name)]
public sealed class S3MarksTests : ImageMarksContract, IAsyncLifetime
{
    private readonly S3Server _server;
    private S3Buckets _buckets = null!;

    public S3MarksTests(S3Server server)
    {
        Skip.If(S3Server.WhySkipped is not null, S3Server.WhySkipped);
        _server = server;
    }

    public async Task InitializeAsync() => _buckets = await S3Buckets.CreateAsync(_server);

    public Task DisposeAsync() => _buckets.DisposeAsync().AsTask();

    protected override (IImageMarks Marks, IImageStorage Incoming) Create() => (_buckets.Marks, _buckets.Stores.Incoming);
}
