using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

public enum ListOrder
{
    /// <summary>By key, by the values of its characters.</summary>
    Name,

    /// <summary>The latest <see cref="ListPosition.TimeOf"/> first; of those with the same time, the last key first.</summary>
    Newest,
}

/// <summary>Which objects of a listing are wanted.</summary>
/// <param name="Limit">How many; at least 1.</param>
/// <param name="IsWanted">Whether a key counts at all.</param>
/// <param name="KeysWith">The keys of what belongs to a wanted object. In name order they come after its own, and each begins with its stem.</param>
public sealed record ListPage(ListOrder Order, int Limit, Func<ImageKey, bool> IsWanted, Func<ImageKey, IEnumerable<ImageKey>> KeysWith)
{
    /// <summary>Where it begins: after this, or at it; null: at the start.</summary>
    public ListPosition? Start { get; init; }

    /// <summary>Whether an object exactly at <see cref="Start"/> is wanted, too.</summary>
    public bool IncludesStart { get; init; }
}

/// <summary>A place in a listing; there need not be an object.</summary>
/// <param name="Name">A key, or the beginning of one.</param>
/// <param name="Time">What <see cref="ListOrder.Newest"/> goes by; of no meaning in other orders.</param>
public sealed record ListPosition(string Name, DateTimeOffset Time)
{
    /// <returns>The time that a key tells, which neither a copy nor a restore changes; else when the object was written.</returns>
    public static DateTimeOffset TimeOf(ImageKey key, DateTimeOffset writtenAt) => key.MintedAt ?? writtenAt;
}

/// <param name="Objects">In order; fewer than asked for if there are no more, or some were removed meanwhile.</param>
/// <param name="Next">After which the next page begins; null: this is the last.</param>
public sealed record ListedPage(IReadOnlyList<ListedGroup> Objects, ListPosition? Next);

/// <param name="Others">Those of the objects that belong to it that are there.</param>
public sealed record ListedGroup(ListedImage Image, IReadOnlyList<ListedImage> Others);
