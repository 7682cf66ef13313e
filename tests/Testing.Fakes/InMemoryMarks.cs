using System.Collections.Concurrent;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>
/// Marks in memory that keep every promise of the port. Every call is counted, and fails when <see cref="StorageCalls"/> says so.
/// </summary>
public sealed class InMemoryMarks(StorageCalls calls, TimeProvider? time = null) : IImageMarks
{
    private const string Name = "marks";

    private readonly ConcurrentDictionary<(MarkKind Kind, ImageKey Key), ImageMark> _marks = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>What is there, such as <c>deleted 1_2.jpg</c>, in alphabetical order.</summary>
    public IReadOnlyList<string> All => [.. _marks.Keys.Select(mark => $"{mark.Kind.ToString().ToLowerInvariant()} {mark.Key}").Order(StringComparer.Ordinal)];

    public Task<ImageMark?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        RunAsync($"find {kind} {key}", () => _marks.GetValueOrDefault((kind, key)), cancellationToken);

    public Task SetAsync(MarkKind kind, ImageKey key, string text, CancellationToken cancellationToken) =>
        RunAsync($"set {kind} {key}", () => _marks[(kind, key)] = new ImageMark(text, _time.GetUtcNow()), cancellationToken);

    public Task RemoveAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        RunAsync($"remove {kind} {key}", () => _marks.TryRemove((kind, key), out _), cancellationToken);

    public async IAsyncEnumerable<ListedMark> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RunAsync("list", () => true, cancellationToken);
        foreach (((MarkKind kind, ImageKey key), ImageMark mark) in _marks)
        {
            yield return new ListedMark(kind, key, mark.WrittenAt);
        }
    }

    private Task<T> RunAsync<T>(string call, Func<T> work, CancellationToken cancellationToken) => calls.RunAsync(Name, call, async () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        return work();
    });
}
