using System.Runtime.CompilerServices;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Processes;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>The marks of all images. They outlive all processes.</summary>
internal sealed class StoredMarks
{
    public Dictionary<(MarkKind Kind, ImageKey Key), ImageMark> All { get; } = [];
}

/// <summary>The marks as one process sees them.</summary>
internal sealed class SimulatedMarks(SimulatedProcess process) : IImageMarks
{
    private const string Name = "marks";

    private readonly Dictionary<(MarkKind Kind, ImageKey Key), ImageMark> _marks = process.World.Marks.All;

    public Task<ImageMark?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        process.CallAsync(new CallName(Name, FindOf(kind), key), () => Find(kind, key), cancellationToken);

    public Task SetAsync(MarkKind kind, ImageKey key, string text, CancellationToken cancellationToken) =>
        process.CallAsync(new CallName(Name, SetOf(kind), key), () => _marks[(kind, key)] = new ImageMark(text, process.World.Clock.Now), cancellationToken);

    public Task RemoveAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        process.CallAsync(new CallName(Name, RemoveOf(kind), key), () => _marks.Remove((kind, key)), cancellationToken);

    public async IAsyncEnumerable<ListedMark> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListedMark[] all = await process.CallAsync(
            new CallName(Name, "list", null),
            () => _marks.Select(mark => new ListedMark(mark.Key.Kind, mark.Key.Key, mark.Value.WrittenAt)).ToArray(),
            cancellationToken);
        foreach (ListedMark mark in all)
        {
            yield return mark;
        }
    }

    private ImageMark? Find(MarkKind kind, ImageKey key)
    {
        ImageMark? found = _marks.GetValueOrDefault((kind, key));
        if (kind == MarkKind.Deleted)
        {
            process.World.Ledger.OnLook(key, isDeleted: found is not null, process);
        }

        return found;
    }

    private static string FindOf(MarkKind kind) => kind switch { MarkKind.Deleted => "find deleted", MarkKind.Deleting => "find deleting", _ => "find crop" };

    private static string SetOf(MarkKind kind) => kind switch { MarkKind.Deleted => "set deleted", MarkKind.Deleting => "set deleting", _ => "set crop" };

    private static string RemoveOf(MarkKind kind) => kind switch { MarkKind.Deleted => "remove deleted", MarkKind.Deleting => "remove deleting", _ => "remove crop" };
}
