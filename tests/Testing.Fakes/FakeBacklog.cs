using System.Collections.Concurrent;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>Keeps background work until a test does it.</summary>
public sealed class FakeBacklog : IModernBacklog
{
    private readonly ConcurrentQueue<ImageKey> _waiting = new();

    public IReadOnlyList<string> Waiting => [.. _waiting.Select(key => key.ToString())];

    public void Add(ImageKey original) => _waiting.Enqueue(original);

    public bool TryTake(out ImageKey? key) => _waiting.TryDequeue(out key);
}
