using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Listing;

/// <summary>Where a page of a listing begins, as text in an address.</summary>
internal static partial class ListCursor
{
    // No key has it, and an address need not escape it.
    private const char AfterTime = '~';

    private const string AfterAllKeys = "~";

    /// <returns>The cursor of a position: in name order its key alone.</returns>
    public static string TextOf(ListPosition position, ListOrder order) =>
        order == ListOrder.Name ? position.Name : string.Create(CultureInfo.InvariantCulture, $"{position.Time.UtcTicks}{AfterTime}{position.Name}");

    public static bool TryParse(string text, ListOrder order, [NotNullWhen(true)] out ListPosition? position)
    {
        int end = order == ListOrder.Name ? -1 : text.IndexOf(AfterTime, StringComparison.Ordinal);
        long ticks = 0;
        bool hasTime = end > 0 && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks;
        string name = text[(end + 1)..];
        position = hasTime == (order == ListOrder.Newest) && IsBeginning(name) ? new ListPosition(name, new DateTimeOffset(ticks, TimeSpan.Zero)) : null;
        return position is not null;
    }

    /// <summary>Whether a text can be a key or the beginning of one.</summary>
    public static bool IsBeginning(string text) => BeginningGrammar().IsMatch(text);

    /// <returns>The place of a beginning that tells a time; null: it tells none. Of a whole key exactly its place, else the latest of its second.</returns>
    public static ListPosition? PlaceByTime(string beginning)
    {
        DateTimeOffset? time = ImageKey.MintedAtOf(beginning) ?? ImageKey.MintedAtOf(beginning + "_");
        return time is { } known ? new ListPosition(ImageKey.TryParse(beginning, out _) ? beginning : AfterAllKeys, known) : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,219}\z", RegexOptions.CultureInvariant)]
    private static partial Regex BeginningGrammar();
}
