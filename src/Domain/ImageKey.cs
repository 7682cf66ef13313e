using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBackend.Domain;

/// <summary>The name of one stored object, such as <c>1475660224_882910455.jpg</c> or its thumbnail <c>1475660224_882910455MI.jpg</c>.</summary>
/// <remarks>
/// One path segment of <c>[A-Za-z0-9._-]</c> that does not start with a dot, so a key can never leave the folder or
/// bucket that it is looked up in. Names of older sites are taken as they are: a key is never rewritten.
/// </remarks>
public sealed partial record ImageKey : IParsable<ImageKey>
{
    private ImageKey(string stem, ImageFormat format) => (Stem, Format) = (stem, format);

    /// <summary>The key without its extension.</summary>
    public string Stem { get; }

    public ImageFormat Format { get; }

    /// <summary>The time at the start of a key that this service or a predecessor minted; null if the key starts differently.</summary>
    public DateTimeOffset? MintedAt => MintedAtOf(Stem);

    /// <returns>The <see cref="MintedAt"/> of a key, from its text or its beginning; nothing else is checked.</returns>
    public static DateTimeOffset? MintedAtOf(ReadOnlySpan<char> text)
    {
        const int MinDigits = 9;
        const int MaxDigits = 11;
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        return digits is >= MinDigits and <= MaxDigits && text[digits] == '_'
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture))
            : null;
    }

    public static ImageKey Parse(string text) =>
        TryParse(text, out ImageKey? key) ? key : throw new FormatException(NotAKey(text));

    /// <returns>What to tell somebody who gave this text, which is not a key.</returns>
    public static string NotAKey(string? text) => $"'{text}' is not a valid key of an image, such as 1475660224_0882910455.jpg.";

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageKey? result)
    {
        result = null;
        if (text is null || KeyGrammar().Match(text) is not { Success: true } match
            || !ImageFormat.TryFromExtension(match.Groups["extension"].Value, out ImageFormat? format))
        {
            return false;
        }

        result = new ImageKey(match.Groups["stem"].Value, format);
        return true;
    }

    /// <summary>A new key, as this service mints it: <c>&lt;unix seconds&gt;_&lt;10 digits&gt;</c>.</summary>
    /// <param name="number">0 to 9,999,999,999, from a source that can't be predicted.</param>
    public static ImageKey Mint(DateTimeOffset time, long number, ImageFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 9_999_999_999);
        return new ImageKey($"{time.ToUnixTimeSeconds()}_{number:D10}", format);
    }

    /// <summary>The key of this original's thumbnail, in the format that is made at upload.</summary>
    public ImageKey Thumbnail(ThumbnailSpec spec) => Thumbnail(spec, Format.ThumbnailFormat);

    public ImageKey Thumbnail(ThumbnailSpec spec, ImageFormat format) => Thumbnail(spec.Suffix, format);

    public ImageKey Thumbnail(string suffix, ImageFormat format) => new(Stem + suffix, format);

    /// <summary>The same name with another extension.</summary>
    public ImageKey In(ImageFormat format) => new(Stem, format);

    /// <returns>The original that this would be a thumbnail of; null if it does not have that suffix.</returns>
    public ImageKey? Original(string suffix, ImageFormat format) =>
        Stem.Length > suffix.Length && Stem.EndsWith(suffix, StringComparison.Ordinal) ? new(Stem[..^suffix.Length], format) : null;

    public override string ToString() => $"{Stem}.{Format.Extension}";

    static ImageKey IParsable<ImageKey>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<ImageKey>.TryParse(string? s, IFormatProvider? provider, [NotNullWhen(true)] out ImageKey? result) =>
        TryParse(s, out result);

    // 200 bytes leave room for a suffix, an extension and what a storage adds, within the 255 of a file name.
    [GeneratedRegex(@"\A(?<stem>[A-Za-z0-9_-][A-Za-z0-9._-]{0,199})\.(?<extension>[a-z]{3,4})\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyGrammar();
}
