using System.Text;
using System.Text.RegularExpressions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>Brings an XMP packet in line with pixels that were turned.</summary>
internal static partial class TurnedXmp
{
    /// <returns>Null: it says nothing about orientation, and has no preview; empty: it can't be corrected and is removed.</returns>
    public static byte[]? Rewritten(byte[] xmp)
    {
        string text = Encoding.Latin1.GetString(xmp);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            // UTF-16 or UTF-32, which nobody writes into files of these formats.
            string plain = text.Replace("\0", "", StringComparison.Ordinal);
            return Orientations().IsMatch(plain) || plain.Contains("Thumbnails", StringComparison.Ordinal) ? [] : null;
        }

        string rewritten = Thumbnails().Replace(Orientations().Replace(text, match => $"{match.Groups["before"].Value}1{match.Groups["after"].Value}"), "");
        return rewritten == text ? null : Encoding.Latin1.GetBytes(rewritten);
    }

    // As an attribute or as an element, with any prefix.
    [GeneratedRegex("""(?<before>\b[A-Za-z_][\w.-]*:Orientation\s*=\s*["']\s*|<[A-Za-z_][\w.-]*:Orientation\s*>\s*)[0-9]+(?<after>\s*["'<])""", RegexOptions.CultureInvariant)]
    private static partial Regex Orientations();

    [GeneratedRegex("""<(?<name>[A-Za-z_][\w.-]*:Thumbnails)\b[^>]*>.*?</\k<name>\s*>""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Thumbnails();
}
