using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>What one storage holds. It outlives all processes.</summary>
internal sealed class StoredObjects
{
    private readonly Dictionary<ImageKey, StoredContent> _objects = [];

    public int Count => _objects.Count;

    public IEnumerable<KeyValuePair<ImageKey, StoredContent>> All => _objects;

    public StoredContent? Find(ImageKey key) => _objects.GetValueOrDefault(key);

    public bool Has(ImageKey key) => _objects.ContainsKey(key);

    public void Put(ImageKey key, StoredContent content) => _objects[key] = content;

    public void Delete(ImageKey key) => _objects.Remove(key);

    /// <returns>The next objects of a listing by name.</returns>
    public IReadOnlyList<ListedImage> PageAfter(string? last, int length) =>
    [
        .. _objects.Select(one => (Name: one.Key.ToString(), one.Key, Content: one.Value))
            .Where(one => last is null || string.CompareOrdinal(one.Name, last) > 0)
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .Take(length)
            .Select(one => new ListedImage(one.Key, one.Content.Text.Length, one.Content.WrittenAt)),
    ];
}

/// <param name="Text">The content: a picture is one line that says what it shows.</param>
/// <param name="ETag">Of this content, or of this write.</param>
internal sealed record StoredContent(string Text, ImageProperties Properties, DateTimeOffset WrittenAt, string ETag)
{
    public StoredImage FactsOf(ImageKey key) => new(key, Text.Length, WrittenAt, ETag, (Properties with { RecipeOf = null }).Of(ETag));
}
