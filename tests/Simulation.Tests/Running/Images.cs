using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Running;

/// <summary>The names that clients know.</summary>
internal sealed class Images
{
    private readonly Dictionary<int, List<ImageKey>> _keys = [];
    private readonly HashSet<int> _settled = [];

    /// <summary>Whether the upload of an image is answered, one way or the other.</summary>
    public bool IsSettled(int image) => _settled.Contains(image);

    public void Settle(int image) => _settled.Add(image);

    public void Add(int image, ImageKey key)
    {
        if (!_keys.TryGetValue(image, out List<ImageKey>? known))
        {
            _keys[image] = known = [];
        }

        known.Remove(key);
        known.Add(key);
    }

    /// <param name="which">0 for the newest name, 1 for the first.</param>
    /// <returns>Null if there is none.</returns>
    public ImageKey? Find(int image, int which) => _keys.TryGetValue(image, out List<ImageKey>? known) ? known[which == 0 ? ^1 : 0] : null;
}
