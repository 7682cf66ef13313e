using System.Collections.Concurrent;
using System.Threading.Channels;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Background;

/// <summary>The images that wait in this process for their WebP and AVIF thumbnails. Each waits only once.</summary>
internal sealed class ModernBacklog : IModernBacklog
{
    // A few hours of AVIF. The reconciler finds whatever does not fit.
    private const int Capacity = 10_000;

    private readonly Channel<ImageKey> _waiting = Channel.CreateBounded<ImageKey>(Capacity);
    private readonly ConcurrentDictionary<ImageKey, bool> _known = new();

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Reader.Count;

    public void Add(ImageKey original)
    {
        if (_known.TryAdd(original, true) && !_waiting.Writer.TryWrite(original))
        {
            _known.TryRemove(original, out _);
        }
    }

    /// <returns>The next image, once there is one. From then on it can be added again.</returns>
    public async Task<ImageKey> TakeAsync(CancellationToken cancellationToken) => (await TakeSomeAsync(1, cancellationToken))[0];

    /// <returns>The next images, once there is one: as many as wait, up to <paramref name="most"/>.</returns>
    public async Task<IReadOnlyList<ImageKey>> TakeSomeAsync(int most, CancellationToken cancellationToken)
    {
        List<ImageKey> keys = [await _waiting.Reader.ReadAsync(cancellationToken)];
        while (keys.Count < most && _waiting.Reader.TryRead(out ImageKey? key))
        {
            keys.Add(key);
        }

        keys.ForEach(key => _known.TryRemove(key, out _));
        return keys;
    }
}
