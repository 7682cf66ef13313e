using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Brings the orientation in a picture's metadata, and the previews in them, in line with pixels that were turned.</summary>
internal static partial class TurnedMetadata
{
    private const string Xmp = "xmp-data";

    private const string Photoshop = "iptc-data"; // Photoshop's blocks, including IPTC
    private const string Preview = "jpeg-thumbnail-data"; // of EXIF
    private const string PreviewDirectory = "exif-ifd1-"; // describes it

    /// <param name="image">Upright by its EXIF orientation, which is removed from it.</param>
    /// <returns>The same pixels; the caller disposes it.</returns>
    public static Image Of(Image image)
    {
        string[] gone = [.. image.GetFields().Where(field => field == Preview || field.StartsWith(PreviewDirectory, StringComparison.Ordinal))];
        byte[]? xmp = image.Contains(Xmp) ? Rewritten((byte[])image.Get(Xmp)) : null;
        byte[]? photoshop = image.Contains(Photoshop) ? PhotoshopResources.WithoutPreviews((byte[])image.Get(Photoshop)) : null;
        return image.Mutate(changes =>
        {
            foreach (string field in gone)
            {
                changes.Remove(field);
            }

            Replace(changes, Xmp, xmp);
            Replace(changes, Photoshop, photoshop);
        });
    }

    /// <param name="value">Null: leave the field as it is; empty: remove it.</param>
    private static void Replace(MutableImage image, string field, byte[]? value)
    {
        if (value is not null)
        {
            image.Remove(field);
        }

        if (value is { Length: > 0 })
        {
            image.Set(GValue.BlobType, field, value);
        }
    }

    /// <returns>Null: it says nothing about orientation; empty: it can't be corrected and is removed.</returns>
    private static byte[]? Rewritten(byte[] xmp)
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
