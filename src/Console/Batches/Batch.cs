using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging;

namespace ImageBackend.Cli.Batches;

/// <summary>One kind of work on many items. The runner knows only an item's key and its result.</summary>
/// <param name="Name">The command's name: <c>resize</c>.</param>
/// <param name="Keys">All items, page by page, as text that need not be a valid key. It is read twice: once to count, once to work.</param>
/// <param name="Work">Many run in parallel, each with a mediator in its own scope.</param>
internal sealed record Batch(string Name, Func<CancellationToken, IAsyncEnumerable<string>> Keys, IBatchWork Work)
{
    /// <summary>Whether a fault may affect everything (a storage or database that is gone) and not just one item.</summary>
    public Func<Exception, bool> IsSystemic { get; init; } = fault => fault is StorageException { IsOfOneObject: false } or MigrationFaultException or BusyException or DecodersException;

    /// <summary>Whether it reads an old site, whose settings then matter to whoever shares the work.</summary>
    public bool ReadsOldSite { get; init; }

    /// <summary>Whether it writes or removes anything; if not, the storages are not checked first.</summary>
    public bool MayWrite { get; init; } = true;

    /// <summary>Asked before anything is done: the reason to do nothing, or null.</summary>
    public Func<CancellationToken, Task<string?>> Refusal { get; init; } = _ => Task.FromResult<string?>(null);

    /// <summary>Makes the lines that follow the summary of what the items' <see cref="ItemResult.Counts"/> add up to.</summary>
    public Func<IReadOnlyDictionary<string, long>, IEnumerable<string>> Conclusion { get; init; } = _ => [];
}
