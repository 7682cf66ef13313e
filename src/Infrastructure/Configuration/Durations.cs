using System.Globalization;

namespace ImageBackend.Infrastructure.Configuration;

/// <summary>Times as people write them: <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>7d</c>; <c>0</c>.</summary>
public static class Durations
{
    private static readonly (char Unit, TimeSpan Length)[] Units =
        [('d', TimeSpan.FromDays(1)), ('h', TimeSpan.FromHours(1)), ('m', TimeSpan.FromMinutes(1)), ('s', TimeSpan.FromSeconds(1))];

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is null or "0")
        {
            return text is not null;
        }

        TimeSpan unit = Units.FirstOrDefault(one => text.EndsWith(one.Unit)).Length;
        if (unit == default || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > 10_000)
        {
            return false;
        }

        duration = unit * count;
        return true;
    }

    /// <returns>In the largest unit that divides it evenly.</returns>
    public static string ToText(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0";
        }

        (char unit, TimeSpan length) = Units.First(one => duration.Ticks % one.Length.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
    }
}
