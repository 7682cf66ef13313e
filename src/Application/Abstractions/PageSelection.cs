using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Picks the objects of one page from a listing in any order, holding no more of them than the page has.</summary>
public sealed class PageSelection
{
    private readonly ListPage _page;

    // The last of those picked is on top, and goes when another is picked. One more than the page has shows whether there is another page.
    private readonly PriorityQueue<ImageKey, ListPosition> _picked;

    public PageSelection(ListPage page)
    {
        _page = page;
        _picked = new(page.Limit + 1, Comparer<ListPosition>.Create((one, other) => Compare(one, other.Name, other.Time)));
    }

    /// <returns>Whether an object would be picked if it is wanted at all. Allocates nothing, since a listing may have millions.</returns>
    /// <param name="name">Its key's text, or any other.</param>
    public bool Reaches(ReadOnlySpan<char> name, DateTimeOffset time)
    {
        if (_page.Start is { } start && Compare(start, name, time) is var side && (side < 0 || (side == 0 && !_page.IncludesStart)))
        {
            return false;
        }

        return _picked.Count <= _page.Limit || (_picked.TryPeek(out _, out ListPosition? last) && Compare(last, name, time) < 0);
    }

    /// <summary>Picks a wanted object that is reached.</summary>
    public void Pick(ImageKey key, DateTimeOffset time)
    {
        _picked.Enqueue(key, new ListPosition(key.ToString(), time));
        if (_picked.Count > _page.Limit + 1)
        {
            _picked.Dequeue();
        }
    }

    /// <returns>What was picked, in order, and where the next page begins. The selection is empty afterwards.</returns>
    public (IReadOnlyList<ImageKey> Keys, ListPosition? Next) Take()
    {
        List<(ImageKey Key, ListPosition At)> all = [];
        while (_picked.TryDequeue(out ImageKey? key, out ListPosition? at))
        {
            all.Add((key, at));
        }

        all.Reverse();
        (ImageKey Key, ListPosition At)[] page = [.. all.Take(_page.Limit)];
        return ([.. page.Select(one => one.Key)], all.Count > page.Length ? page[^1].At : null);
    }

    // Positive: the object is after the position.
    private int Compare(ListPosition position, ReadOnlySpan<char> name, DateTimeOffset time)
    {
        int byName = name.CompareTo(position.Name, StringComparison.Ordinal);
        return _page.Order == ListOrder.Name ? byName
            : time != position.Time ? position.Time.CompareTo(time)
            : -byName;
    }
}
