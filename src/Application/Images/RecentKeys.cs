using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>The last keys of a listing, so that memory does not grow with it.</summary>
internal sealed class RecentKeys
{
    // S3 lists by name, so an original comes just before its thumbnails. It is also more than a batch works on at a time.
    private const int Most = 1000;

    private readonly HashSet<ImageKey> _keys = [];
    private readonly Queue<ImageKey> _order = new();

    public void Add(ImageKey key)
    {
        _keys.Add(key);
        _order.Enqueue(key);
        if (_order.Count > Most)
        {
            _keys.Remove(_order.Dequeue());
        }
    }

    public bool Contains(ImageKey key) => _keys.Contains(key);
}
