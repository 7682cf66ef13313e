using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Benchmarks;

/// <summary>Waits for some time for each image, and does nothing.</summary>
internal sealed record Waiting(TimeSpan Time) : IBatchWork
{
    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
    {
        await Task.Delay(Time, cancellationToken);
        return ItemResult.Processed(bytes: 1);
    }
}
