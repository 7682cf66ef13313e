using System.Text;

namespace ImageBackend.Application.Images.Metadata;

/// <summary>Tells whether an XMP packet says where a photo was taken.</summary>
internal static class PlaceWords
{
    // Of the names that Exif, IPTC, Photoshop, Darwin Core and makers of drones have for it. One too many costs a packet.
    private static readonly string[] Words = ["gps", "location", "latitude", "longitude", "geo:", ":city", ":state", ":country"];

    public static bool AreIn(ReadOnlySpan<byte> xmp)
    {
        string text = Encoding.Latin1.GetString(xmp).Replace("\0", "", StringComparison.Ordinal); // it may be UTF-16
        return Words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
