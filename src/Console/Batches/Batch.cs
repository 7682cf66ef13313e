using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging;
using MediatR;

namespace ImageBackend.Cli.Batches;

/// <summary>One kind of work on many items. The runner knows of an item its key and what came of it, no more.</summary>
/// <param name="Name">Of the command: <c>resize</c>.</param>
/// <param name="Keys">All items, page by page. It is read twice: once to count, once to work.</param>
/// <param name="Work">Sends the request for one item. Many run at once, each with a mediator in a scope of its own.</param>
internal sealed record Batch(
    string Name,
    Func<CancellationToken, IAsyncEnumerable<string>> Keys,
    Func<IMediator, string, CancellationToken, Task<ItemResult>> Work)
{
    /// <summary>Whether a fault may be of the whole (a storage or database that is gone) and not of one item.</summary>
    public Func<Exception, bool> IsSystemic { get; init; } = fault => fault is StorageException { IsOfOneObject: false } or MigrationFaultException or BusyException or DecodersException;

    /// <summary>Whether it writes or removes anything; if not, nothing is tried on the storages before.</summary>
    public bool MayWrite { get; init; } = true;

    /// <summary>Asked before anything is done: why nothing may be, or null.</summary>
    public Func<CancellationToken, Task<string?>> Refusal { get; init; } = _ => Task.FromResult<string?>(null);

    /// <summary>Asked at the end for lines that follow the summary.</summary>
    public Func<IEnumerable<string>> Conclusion { get; init; } = () => [];
}

internal enum ItemOutcome
{
    Processed,

    /// <summary>There was nothing to do.</summary>
    Skipped,

    Failed,
}

/// <param name="Bytes">Written.</param>
/// <param name="Reasons">Why it failed, or what was done; for people and the report.</param>
internal sealed record ItemResult(ItemOutcome Outcome, long Bytes, IReadOnlyList<string> Reasons)
{
    public static ItemResult Processed(long bytes = 0, params string[] reasons) => new(ItemOutcome.Processed, bytes, reasons);

    public static ItemResult Skipped(params string[] reasons) => new(ItemOutcome.Skipped, 0, reasons);

    public static ItemResult Failed(params string[] reasons) => new(ItemOutcome.Failed, 0, reasons);
}
