using System.Globalization;
using System.Text;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>Reads from an EXIF block what a photo says about itself. A hostile block yields nulls.</summary>
internal static class ExifFacts
{
    private const ushort DateTimeOriginal = 0x9003;
    private const ushort OffsetTimeOriginal = 0x9011;
    private const ushort SubSecTimeOriginal = 0x9291;
    private const ushort LatitudeRef = 1;
    private const ushort Latitude = 2;
    private const ushort LongitudeRef = 3;
    private const ushort Longitude = 4;
    private const ushort AltitudeRef = 5;
    private const ushort Altitude = 6;

    private const int MaxText = 64;
    private const double HighestAltitude = 100_000;

    /// <param name="exif">As in a file, without a signature; null: it has none.</param>
    public static PhotoFacts Of(byte[]? exif) => exif is null || ExifBlock.TryOpen(exif) is not { } block
        ? PhotoFacts.None
        : new PhotoFacts(ReadTakenAt(block), ReadGps(block));

    private static TakenAt? ReadTakenAt(ExifBlock block)
    {
        if (block.Find(block.First, ExifBlock.ExifDirectory) is not { } pointer)
        {
            return null;
        }

        int directory = block.Number(pointer);
        if (!DateTime.TryParseExact(
            Text(block, directory, DateTimeOriginal), "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
        {
            return null;
        }

        return new TakenAt(local + ReadFraction(block, directory), ReadOffset(block, directory));
    }

    // The digits after the decimal point, as many as the camera has.
    private static TimeSpan ReadFraction(ExifBlock block, int directory)
    {
        string digits = Text(block, directory, SubSecTimeOriginal);
        return digits.Length > 0 && digits.All(char.IsAsciiDigit)
            ? new TimeSpan(long.Parse(digits.PadRight(7, '0')[..7], CultureInfo.InvariantCulture))
            : TimeSpan.Zero;
    }

    private static TimeSpan? ReadOffset(ExifBlock block, int directory)
    {
        string text = Text(block, directory, OffsetTimeOriginal);
        if (text is "Z")
        {
            return TimeSpan.Zero;
        }

        return text is ['+' or '-', ..]
            && TimeSpan.TryParseExact(text[1..], "hh\\:mm", CultureInfo.InvariantCulture, out TimeSpan offset)
            && offset <= TimeSpan.FromHours(14)
                ? text[0] == '-' ? -offset : offset
                : null;
    }

    private static GeoPoint? ReadGps(ExifBlock block)
    {
        if (block.Find(block.First, ExifBlock.GpsDirectory) is not { } pointer)
        {
            return null;
        }

        int directory = block.Number(pointer);
        double? latitude = Degrees(block, directory, Latitude, LatitudeRef, "N", "S");
        double? longitude = Degrees(block, directory, Longitude, LongitudeRef, "E", "W");
        return latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180
            ? new GeoPoint(latitude.Value, longitude.Value, ReadAltitude(block, directory))
            : null;
    }

    private static double? Degrees(ExifBlock block, int directory, ushort tag, ushort refTag, string positive, string negative)
    {
        string side = Text(block, directory, refTag);
        if ((side != positive && side != negative) || block.Find(directory, tag) is not { } entry)
        {
            return null;
        }

        double? degrees = block.Fraction(entry, 0) + (block.Fraction(entry, 1) / 60) + (block.Fraction(entry, 2) / 3600);
        return degrees is null ? null : Math.Round(side == negative ? -degrees.Value : degrees.Value, 7); // about a centimetre
    }

    private static double? ReadAltitude(ExifBlock block, int directory)
    {
        if (block.Find(directory, Altitude) is not { } entry || block.Fraction(entry, 0) is not { } metres || metres > HighestAltitude)
        {
            return null;
        }

        bool isBelow = block.Find(directory, AltitudeRef) is { } side && block.Value(side) is [1 or 3, ..];
        return Math.Round(isBelow ? -metres : metres, 3);
    }

    /// <returns>Empty: there is none, or it is too long.</returns>
    private static string Text(ExifBlock block, int directory, ushort tag)
    {
        if (block.Find(directory, tag) is not { Type: ExifBlock.Ascii } entry || entry.ValueBytes > MaxText)
        {
            return "";
        }

        string text = Encoding.Latin1.GetString(block.Value(entry));
        int end = text.IndexOf('\0');
        return (end < 0 ? text : text[..end]).Trim();
    }
}
