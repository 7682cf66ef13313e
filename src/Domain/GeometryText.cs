using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBackend.Domain;

/// <summary>The parts of an ImageMagick geometry, before they get a meaning: <c>50%x30%</c>, <c>x200</c>, <c>100x100+5-5!</c>, <c>+10+10</c>.</summary>
/// <param name="Width">Pixels or percent; more than 0; null if not given.</param>
/// <param name="Height">As <paramref name="Width"/>.</param>
/// <param name="Flags">Some of <c>%&lt;&gt;^!@</c>, each at most once. As in ImageMagick, % after one side counts for both.</param>
internal sealed partial record GeometryText(double? Width, double? Height, int? X, int? Y, string Flags)
{
    // A crop or a box of a billion pixels a side, plus an offset of a billion, still fits in 32 bits.
    private const int Most = 1_000_000_000;

    public bool IsPercent => Flags.Contains('%');

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out GeometryText? result)
    {
        result = null;
        if (text is null || Grammar().Match(text) is not { Success: true } match)
        {
            return false;
        }

        string flags = string.Concat(match.Groups["flags"].Captures.Select(capture => capture.Value));
        bool isPercent = flags.Contains('%') || match.Groups["percent"].Success;
        flags = flags.Replace("%", "", StringComparison.Ordinal);
        double? width = Side(match.Groups["width"]);
        double? height = Side(match.Groups["height"]);
        int? x = Offset(match.Groups["x"]);
        // Without the x, ImageMagick does not read 50+5+5 as a width of 50.
        bool isMisread = width is not null && x is not null && !match.Groups["by"].Success;
        if (width == 0 || height == 0 || (width ?? height ?? x) is null || isMisread || flags.Distinct().Count() != flags.Length)
        {
            return false;
        }

        result = new GeometryText(width, height, x, Offset(match.Groups["y"]), isPercent ? flags + '%' : flags);
        return true;

        static double? Side(Group digits) => digits.Success ? double.Parse(digits.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : null;

        static int? Offset(Group digits) => digits.Success ? int.Parse(digits.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Rounds as ImageMagick does: the floor after adding a half. Math.Round would take 0.5 to the even neighbour, one pixel off.</summary>
    /// <returns>0 to a billion.</returns>
    public static int Round(double length) => (int)Math.Min(Most, Math.Floor(length + 0.5));

    /// <summary>The sides in pixels, if these are percentages of a picture's sides.</summary>
    /// <returns>0 if the percentage is less than half a pixel.</returns>
    public PixelSize PercentOf(PixelSize picture) => new(
        Round((Width ?? 100) * picture.Width / 100), Round((Height ?? Width ?? 100) * picture.Height / 100));

    [GeneratedRegex(
        @"\A(?<width>[0-9]{1,9}(\.[0-9]{1,6})?)?(?<percent>%)?(?<by>x(?<height>[0-9]{1,9}(\.[0-9]{1,6})?)?)?(?<flags>[%<>^!@]{0,6})((?<x>[+-][0-9]{1,9})(?<y>[+-][0-9]{1,9})?)?(?<flags>[%<>^!@]{0,6})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
