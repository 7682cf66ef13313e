using System.Collections.Concurrent;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>The images and files of an old site and the ledger of its migration, in memory.</summary>
public sealed class FakeOldSite : IV5Images, IV5Originals, IMigrationLedger
{
    private readonly ConcurrentDictionary<string, bool> _marks = new();
    private int _fetches;

    /// <summary>Its files by name.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>Whether marks are kept.</summary>
    public bool HasLedger { get; set; }

    public IReadOnlyList<string> Marks => [.. _marks.Keys.Order(StringComparer.Ordinal)];

    public int Fetches => _fetches;

    public IAsyncEnumerable<string> ListKeysAsync(CancellationToken cancellationToken) => Files.Keys.Order(StringComparer.Ordinal).ToAsyncEnumerable();

    public Task<string?> FindKeyAsync(string name, CancellationToken cancellationToken) => Task.FromResult(Files.ContainsKey(name) ? name : null);

    public async Task<long> FetchAsync(ImageKey key, IWorkspace workspace, string fileName, long maxBytes, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        if (!Files.TryGetValue(key.ToString(), out byte[]? file))
        {
            throw new OriginalUnavailableException(key, "there is no such file");
        }

        using MemoryStream content = new(file);
        return await workspace.ReceiveAsync(fileName, content, maxBytes, cancellationToken);
    }

    public Task<bool> HasAllAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken) =>
        Task.FromResult(HasLedger && keys.All(key => _marks.ContainsKey(key.ToString())));

    public Task MarkAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken)
    {
        foreach (ImageKey key in keys)
        {
            _marks[key.ToString()] = true;
        }

        return Task.CompletedTask;
    }
}
