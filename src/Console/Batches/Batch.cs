using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging;
using MediatR;

namespace ImageBackend.Cli.Batches;

/// <summary>One kind of work on many items. The runner knows only an item's key and its result.</summary>
/// <param name="Name">The command's name: <c>resize</c>.</param>
/// <param name="Keys">All items, page by page. It is read twice: once to count, once to work.</param>
/// <param name="Work">Sends the request for one item. Many run in parallel, each with a mediator in its own scope.</param>
internal sealed record Batch(
    string Name,
    Func<CancellationToken, IAsyncEnumerable<string>> Keys,
    Func<IMediator, string, CancellationToken, Task<ItemResult>> Work)
{
    /// <summary>Whether a fault may affect everything (a storage or database that is gone) and not just one item.</summary>
    public Func<Exception, bool> IsSystemic { get; init; } = fault => fault is StorageException { IsOfOneObject: false } or MigrationFaultException or BusyException or DecodersException;

    /// <summary>Whether it writes or removes anything; if not, the storages are not checked first.</summary>
    public bool MayWrite { get; init; } = true;

    /// <summary>Asked before anything is done: the reason to do nothing, or null.</summary>
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
