using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Application.Images.Metadata;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>An XMP packet as far as privacy needs it: the names of its properties.</summary>
internal static partial class XmpPacket
{
    // Properties of the common schemas that can't hold a place. Keywords (dc:subject, lr:hierarchicalSubject) are left out on purpose:
    // catalogues put places among them, in any language. So are file names, and descriptions of derived or embedded pictures.
    private static readonly HashSet<string> Harmless = new(
        [
            "x:xmpmeta", "x:xmptk", "rdf:RDF", "rdf:Description", "rdf:about", "rdf:Seq", "rdf:Bag", "rdf:Alt", "rdf:li", "rdf:parseType",
            "rdf:resource", "rdf:type", "rdf:value", "xml:lang", "xml:space",
            "dc:title", "dc:description", "dc:creator", "dc:rights", "dc:format", "dc:date", "dc:language", "dc:type", "dc:identifier", "dc:publisher",
            "xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate", "xmp:CreatorTool", "xmp:Rating", "xmp:Label", "xmp:Identifier", "xap:Rating",
            "photoshop:DateCreated", "photoshop:Credit", "photoshop:Source", "photoshop:ColorMode", "photoshop:ICCProfile",
            "photoshop:AuthorsPosition", "photoshop:CaptionWriter", "photoshop:Urgency", "photoshop:LegacyIPTCDigest", "photoshop:EmbeddedXMPDigest",
        ],
        StringComparer.Ordinal);

    // Whole schemas that consist of numbers and identifiers.
    private static readonly string[] HarmlessPrefixes =
        ["xmlns:", "tiff:", "exif:", "exifEX:", "aux:", "xmpMM:", "stEvt:", "stRef:", "xmpRights:", "crs:", "plus:", "GCamera:", "GContainer:", "Container:", "Item:", "HDRPlusMakerNote:", "MicrosoftPhoto:Rating"];

    // Exceptions within those: texts and file names.
    private static readonly HashSet<string> Exceptions = new(
        ["tiff:ImageDescription", "exif:UserComment", "exif:MakerNote", "xmpMM:PreservedFileName", "stRef:filePath", "crs:RawFileName", "xmpMM:Pantry", "xmpMM:Ingredients", "xmpMM:DerivedFrom"],
        StringComparer.Ordinal);

    /// <returns>Whether it has a property that says, or may say, where the photo was taken.</returns>
    public static bool MayTellPlace(ReadOnlySpan<byte> packet)
    {
        if (PlaceWords.AreIn(packet))
        {
            return true;
        }

        string text = Encoding.Latin1.GetString(packet).Replace("\0", "", StringComparison.Ordinal); // it may be UTF-16
        return Names().EnumerateMatches(text) is var names && AnyMayTell(text, names);
    }

    private static bool AnyMayTell(string text, Regex.ValueMatchEnumerator names)
    {
        foreach (ValueMatch match in names)
        {
            string name = text.Substring(match.Index, match.Length);
            bool isHarmless = Harmless.Contains(name)
                || (HarmlessPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) && !Exceptions.Contains(name));
            if (!isHarmless)
            {
                return true;
            }
        }

        return false;
    }

    // Elements and attributes. Text that merely looks like one costs a packet at worst.
    [GeneratedRegex(@"(?<=</?)[A-Za-z_][A-Za-z0-9._-]*:[A-Za-z_][A-Za-z0-9._-]*|(?<=\s)[A-Za-z_][A-Za-z0-9._-]*:[A-Za-z_][A-Za-z0-9._-]*(?=\s*=)", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
