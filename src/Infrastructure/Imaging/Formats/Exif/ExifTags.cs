using ImageBackend.Application.Images.Metadata;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>Decides which entries of an EXIF block may stay if a photo must not say where it was taken.</summary>
internal static class ExifTags
{
    private const ushort UserComment = 0x9286;

    // Texts by the photographer, by apps and by Windows. Some apps write addresses into them.
    private static readonly HashSet<ushort> Texts =
    [
        0x010D, // DocumentName
        0x010E, // ImageDescription
        0x013C, // HostComputer
        UserComment,
        0x9C9B, // XPTitle
        0x9C9C, // XPComment
        0x9C9D, // XPAuthor
        0x9C9F, // XPSubject
        0xA436, // ImageTitle
    ];

    // Tags of TIFF 6.0 and Exif 3.0 whose values are numbers, dates, or names of people and devices. Makers' notes, keywords
    // (XPKeywords) and anything in neither standard are left out on purpose: nobody can check them for places.
    private static readonly (ushort First, ushort Last)[] Harmless =
    [
        (0x0001, 0x0002), // interoperability
        (0x00FE, 0x0214), // TIFF
        (0x1000, 0x1002), // interoperability
        (0x4746, 0x4746), // Rating
        (0x4749, 0x4749), // RatingPercent
        (0x8298, 0x8298), // Copyright
        (0x829A, 0x829D), // ExposureTime, FNumber
        (0x8769, 0x8769), // the EXIF directory
        (0x8822, 0x8835), // exposure; GPS, which is in this range, is handled first
        (0x9000, 0x9012), // version, times and their offsets
        (0x9101, 0x9102),
        (0x9201, 0x9214), // how the photo was exposed
        (0x9290, 0x9292), // fractions of seconds
        (0x9400, 0x9405), // temperature, pressure, acceleration
        (0xA000, 0xA005),
        (0xA20B, 0xA217),
        (0xA300, 0xA302),
        (0xA401, 0xA40C),
        (0xA420, 0xA420), // ImageUniqueID
        (0xA430, 0xA435), // owner, body and lens
        (0xA437, 0xA43C), // photographer, editor, programs
        (0xA460, 0xA462),
        (0xA500, 0xA500), // Gamma
    ];

    // In a TIFF these hold what a JPEG has segments for: XMP, IPTC, Photoshop. Cameras do not write them into EXIF.
    private static readonly HashSet<ushort> Blocks = [0x02BC, 0x83BB, 0x8649];

    /// <param name="value">The entry's bytes.</param>
    public static bool MayTellPlace(ExifEntry entry, ReadOnlySpan<byte> value) =>
        entry.Tag == ExifBlock.GpsDirectory
        || Blocks.Contains(entry.Tag)
        || (entry.Tag == UserComment && !IsText(value))
        || (Texts.Contains(entry.Tag) ? PlaceWords.AreIn(value) : !Harmless.Any(range => entry.Tag >= range.First && entry.Tag <= range.Last));

    // The first eight bytes name the encoding. Some makers keep their own notes here.
    private static bool IsText(ReadOnlySpan<byte> comment) =>
        comment.Length < 8 || comment.StartsWith("UNICODE\0"u8)
        || ((comment.StartsWith("ASCII\0\0\0"u8) || !comment[..8].ContainsAnyExcept((byte)0)) && comment[8..].IndexOfAnyInRange((byte)1, (byte)8) < 0);
}
