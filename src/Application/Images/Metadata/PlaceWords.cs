using System.Text;

namespace ImageBackend.Application.Images.Metadata;

/// <summary>Tells whether a text reveals where a photo was taken.</summary>
public static class PlaceWords
{
    // From the names that Exif, IPTC, Photoshop, Darwin Core, Lightroom ("Places|…") and drone makers use. One too many costs a text.
    private static readonly string[] Words =
        ["gps", "location", "latitude", "longitude", "geo:", "geotag", "places|", "address", ":city", ":state", ":country", "\"city", "\"state", "\"country", "landmark"];

    public static bool AreIn(ReadOnlySpan<byte> text)
    {
        string plain = Encoding.Latin1.GetString(text).Replace("\0", "", StringComparison.Ordinal); // it may be UTF-16
        return Words.Any(word => plain.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
