using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Cli.Batches;

/// <summary>What a batch does with one image, and how. Plain data: as JSON it can be stored, and carried out by another process.</summary>
internal interface IBatchWork
{
    /// <summary>Sends the request for one image, and says what came of it.</summary>
    Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken);
}
