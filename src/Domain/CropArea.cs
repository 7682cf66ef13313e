using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageBackend.Domain;

/// <summary>The area of a picture that its thumbnails show, as <c>WxH+X+Y</c> in pixels of the upright picture.</summary>
/// <remarks>It may extend beyond the picture; then only the part inside is shown, as with ImageMagick's <c>-crop … +repage</c>.</remarks>
public sealed partial record CropArea : IParsable<CropArea>
{
    internal CropArea(int width, int height, int x, int y) => (Width, Height, X, Y) = (width, height, x, y);

    /// <summary>1 to 999,999,999.</summary>
    public int Width { get; }

    /// <summary>1 to 999,999,999.</summary>
    public int Height { get; }

    /// <summary>The left edge, counted from the picture's left edge; may be negative.</summary>
    public int X { get; }

    /// <summary>The top edge, counted from the picture's top edge; may be negative.</summary>
    public int Y { get; }

    public static CropArea Parse(string text) =>
        TryParse(text, out CropArea? area) ? area : throw new FormatException($"'{text}' is not a crop area.");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CropArea? result)
    {
        result = null;
        if (text is null || Grammar().Match(text) is not { Success: true } match)
        {
            return false;
        }

        int width = Number("width");
        int height = Number("height");
        if (width == 0 || height == 0)
        {
            return false;
        }

        result = new CropArea(width, height, Number("x"), Number("y"));
        return true;

        int Number(string group) => int.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    /// <returns>Whether any of the area lies inside the picture.</returns>
    public bool TryClip(PixelSize picture, out PixelRect part)
    {
        int left = Math.Max(0, X);
        int top = Math.Max(0, Y);
        int right = (int)Math.Min(picture.Width, (long)X + Width);
        int bottom = (int)Math.Min(picture.Height, (long)Y + Height);
        bool isInside = right > left && bottom > top;
        part = isInside ? new PixelRect(left, top, right - left, bottom - top) : default;
        return isInside;
    }

    /// <summary>The area that shows the same after the picture has been turned.</summary>
    /// <param name="picture">The size before the turn.</param>
    public CropArea Turn(Rotation rotation, PixelSize picture) => rotation.Degrees switch
    {
        90 => new CropArea(Height, Width, picture.Height - Y - Height, X),
        -90 => new CropArea(Height, Width, Y, picture.Width - X - Width),
        _ => new CropArea(Width, Height, picture.Width - X - Width, picture.Height - Y - Height),
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}{X:+0;-0;+0}{Y:+0;-0;+0}");

    static CropArea IParsable<CropArea>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<CropArea>.TryParse(string? s, IFormatProvider? provider, [NotNullWhen(true)] out CropArea? result) =>
        TryParse(s, out result);

    [GeneratedRegex(@"\A(?<width>[0-9]{1,9})x(?<height>[0-9]{1,9})(?<x>[+-][0-9]{1,9})(?<y>[+-][0-9]{1,9})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
