using System.Diagnostics.CodeAnalysis;

namespace ImageBackend.Domain;

/// <summary>A resize in ImageMagick's syntax: <c>1500x1500&gt;</c>, <c>200x200^</c>, <c>400</c>, <c>x300</c>, <c>10x10!</c>, <c>50%</c>, <c>90000@</c>.</summary>
/// <remarks>
/// Sizes match ImageMagick 6.9.11 to the pixel, even when flags are combined: the arithmetic is kept in its order. An offset is
/// allowed and has no effect, as in ImageMagick.
/// </remarks>
public sealed record Geometry : IParsable<Geometry>
{
    /// <summary>Leaves every accepted picture as it is.</summary>
    public static readonly Geometry Unchanged = Parse("30000x30000>");

    private readonly GeometryText _words;

    private Geometry(string text, GeometryText words) => (Text, _words) = (text, words);

    /// <summary>Pixels, 1 to 30,000; null when only the height decides, or neither.</summary>
    public int? Width => InPixels(_words.Width);

    /// <summary>Pixels, 1 to 30,000; null when only the width decides, or neither.</summary>
    public int? Height => InPixels(_words.Height);

    /// <summary>The most pixels that a result can have; null if that depends on the picture.</summary>
    public long? MaxPixels => (Width, Height) is ({ } width, { } height) && (Has('!') || !(Has('^') || Has('<') || Has('>'))) ? (long)width * height
        : IsArea && !Has('<') ? (long)_words.Width!.Value
        : null;

    private string Text { get; }

    private bool IsArea => Has('@');

    public static Geometry Parse(string text) =>
        TryParse(text, out Geometry? geometry) ? geometry : throw new FormatException($"'{text}' is not a geometry.");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Geometry? result)
    {
        result = null;
        if (!GeometryText.TryParse(text, out GeometryText? words) || (words.Width ?? words.Height) is null
            || (words.Flags.Contains('^') && words.Flags.Contains('!')) || (words.Flags.Contains('<') && words.Flags.Contains('>')))
        {
            return false;
        }

        bool isRight = !words.Flags.Contains('@') ? words.IsPercent || (IsSide(words.Width) && IsSide(words.Height))
            // In WxH@, ImageMagick takes W as the area.
            : words is { Width: <= ThumbnailLimits.MaxPixels, Height: null, IsPercent: false };
        result = isRight ? new Geometry(text!, words) : null;
        return isRight;

        static bool IsSide(double? side) => side is null || GeometryText.Round(side.Value) is >= 1 and <= ThumbnailLimits.MaxSide;
    }

    /// <summary>The size that a picture of the given size has after the resize, at least 1x1.</summary>
    public PixelSize Resize(PixelSize source)
    {
        if (_words.IsPercent)
        {
            // The other flags take this result as their source, so they change nothing.
            return AtLeastOne(_words.PercentOf(source));
        }

        PixelSize target = Fit(source);
        if (Has('>'))
        {
            target = new PixelSize(Math.Min(target.Width, source.Width), Math.Min(target.Height, source.Height));
        }
        else if (Has('<'))
        {
            target = new PixelSize(Math.Max(target.Width, source.Width), Math.Max(target.Height, source.Height));
        }

        return IsArea ? Within(_words.Width!.Value, source, target) : target;
    }

    public override string ToString() => Text;

    static Geometry IParsable<Geometry>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Geometry>.TryParse(string? s, IFormatProvider? provider, [NotNullWhen(true)] out Geometry? result) =>
        TryParse(s, out result);

    private static PixelSize AtLeastOne(PixelSize size) => new(Math.Max(1, size.Width), Math.Max(1, size.Height));

    private static PixelSize Within(double area, PixelSize source, PixelSize target)
    {
        // A millionth is added so that a picture of exactly this area keeps its size. The sides are truncated, not rounded.
        double scale = Math.Sqrt((double)source.Width * source.Height) / Math.Sqrt(area + 1e-6);
        double width = source.Width / scale;
        double height = source.Height / scale;
        return width < target.Width || height < target.Height ? AtLeastOne(new PixelSize((int)width, (int)height)) : target;
    }

    private bool Has(char flag) => _words.Flags.Contains(flag);

    private int? InPixels(double? side) => side is null || _words.IsPercent || IsArea ? null : GeometryText.Round(side.Value);

    private PixelSize Fit(PixelSize source)
    {
        int? width = _words.Width is { } wide ? GeometryText.Round(wide) : null;
        int? height = _words.Height is { } high ? GeometryText.Round(high) : null;
        if (Has('!'))
        {
            return new PixelSize(width ?? source.Width, height ?? source.Height);
        }

        // If one side is missing, the other decides alone; with ^ it counts for both.
        double byWidth = (double)(width ?? height)!.Value / source.Width;
        double byHeight = (double)(height ?? width)!.Value / source.Height;
        double scale = Has('^') ? Math.Max(byWidth, byHeight)
            : height is null ? byWidth
            : width is null ? byHeight
            : Math.Min(byWidth, byHeight);
        return AtLeastOne(new PixelSize(GeometryText.Round(scale * source.Width), GeometryText.Round(scale * source.Height)));
    }
}
