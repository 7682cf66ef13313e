using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Benchmarks;

/// <summary>Takes a millisecond for each image, and does nothing.</summary>
internal sealed record OneMillisecond : IBatchWork
{
    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
        return ItemResult.Processed(bytes: 1);
    }
}
