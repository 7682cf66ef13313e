using System.Globalization;

namespace ImageBackend.Application.Abstractions;

/// <summary>What a photo's EXIF says about when and where it was taken. Anything that is missing or makes no sense is null.</summary>
public sealed record PhotoFacts(TakenAt? TakenAt, GeoPoint? Gps)
{
    public static readonly PhotoFacts None = new(null, null);
}

/// <summary>A moment by the camera's clock.</summary>
/// <param name="Offset">That clock's offset from UTC, if the camera knew it.</param>
public sealed record TakenAt(DateTime Local, TimeSpan? Offset)
{
    /// <returns>As in ISO 8601: <c>2026-07-14T09:31:05.12+02:00</c>, without a fraction or offset if there is none.</returns>
    public override string ToString()
    {
        string local = Local.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return Offset is { } offset
            ? string.Create(CultureInfo.InvariantCulture, $"{local}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}")
            : local;
    }
}

/// <param name="Latitude">Degrees, -90 to 90; south is negative.</param>
/// <param name="Longitude">Degrees, -180 to 180; west is negative.</param>
/// <param name="Altitude">Metres above sea level, if given.</param>
public sealed record GeoPoint(double Latitude, double Longitude, double? Altitude);
