using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Gathers one page from a bucket's listing, which is in the order of names.</summary>
/// <remarks>
/// What belongs to an object mostly comes just after it. It comes much later if many other names begin with the same stem, as
/// <c>1BI.jpg</c> after all of <c>1475660224_882910455.jpg</c>: then it is looked up instead.
/// </remarks>
internal sealed class S3Page(ListPage page)
{
    // The character after all that keys have.
    private const char AfterAll = '~';

    // Of a thousand keys each: where hardly any key is wanted, a page that is not full is better than one that takes minutes.
    private const int MaxResponses = 50;

    private readonly List<(ListedImage Image, List<ListedImage> Others)> _groups = [];
    private readonly Dictionary<ImageKey, List<List<ListedImage>>> _awaited = [];
    private string _reached = "";
    private int _responses;
    private bool _wasFull;
    private bool _hasMore;

    /// <summary>What a listing that has all of this page starts after; null: it starts at the start.</summary>
    // A service starts after a text. To include one, start after everything that is before it; what lies in between is passed over.
    public string? StartAfter => page.Start is not { Name: { Length: > 0 } start } ? null
        : page.IncludesStart ? $"{start[..^1]}{(char)(start[^1] - 1)}{AfterAll}"
        : start;

    /// <summary>Whether nothing more of the listing is needed. When the page is full, at most one more response is read for what belongs to its last objects.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>What may belong to the page, but comes later in the listing than it was read.</summary>
    public IReadOnlyList<ImageKey> Outstanding => IsEnough ? [.. Later] : [];

    private IEnumerable<ImageKey> Later => _awaited.Keys.Where(key => IsAfter(key.ToString(), _reached));

    /// <param name="images">Of one response, in order.</param>
    public void Add(IEnumerable<ListedImage> images)
    {
        foreach (ListedImage image in images)
        {
            Read(image);
        }

        _responses++;
        bool isFull = _groups.Count == page.Limit;
        bool hasAdvanced = IsAfter(_reached, page.Start?.Name ?? "");
        IsEnough = (_hasMore && !Later.Any()) || (isFull && _wasFull) || (hasAdvanced && _responses >= MaxResponses);
        _wasFull = isFull;
    }

    /// <summary>Adds one of <see cref="Outstanding"/> that is there.</summary>
    public void Add(ListedImage found) => _awaited[found.Key].ForEach(owner => owner.Add(found));

    public ListedPage ToPage() => new(
        [.. _groups.Select(group => new ListedGroup(group.Image, group.Others))],
        _hasMore ? new ListPosition($"{_groups[^1].Image.Key}", default) : IsEnough ? new ListPosition(_reached, default) : null);

    private void Read(ListedImage image)
    {
        string name = image.Key.ToString();
        _reached = IsAfter(name, _reached) ? name : _reached;
        if (_awaited.TryGetValue(image.Key, out List<List<ListedImage>>? owners))
        {
            owners.ForEach(owner => owner.Add(image));
        }

        if (!page.IsWanted(image.Key) || IsBeforeStart(name))
        {
            return;
        }

        if (_groups.Count == page.Limit)
        {
            _hasMore = true;
            return;
        }

        List<ListedImage> others = [];
        _groups.Add((image, others));
        foreach (ImageKey key in page.KeysWith(image.Key))
        {
            if (!_awaited.TryGetValue(key, out List<List<ListedImage>>? all))
            {
                _awaited[key] = all = [];
            }

            all.Add(others);
        }
    }

    private bool IsBeforeStart(string name) => page.Start is { } start
        && (page.IncludesStart ? IsAfter(start.Name, name) : !IsAfter(name, start.Name));

    private static bool IsAfter(string one, string other) => string.CompareOrdinal(one, other) > 0;
}
