using System.Globalization;
using System.Xml;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// The size of a drawing in CSS pixels (96 to an inch), as browsers read its root; if they would use a default, that of its <c>viewBox</c>.
/// </summary>
/// <param name="Width">Pixels, above 0.</param>
/// <param name="Height">Pixels, above 0.</param>
/// <param name="HasWidth">Whether the root gives it, in a unit that means the same everywhere.</param>
/// <param name="HasHeight">Likewise.</param>
internal sealed record SvgSize(double Width, double Height, bool HasWidth, bool HasHeight)
{
    // The CSS default for a picture without a size.
    private const double DefaultWidth = 300;
    private const double DefaultHeight = 150;

    private const double FontSize = 16;
    private const double Largest = 1e9;

    /// <param name="root">At the root element.</param>
    /// <exception cref="InvalidImageException">A side is 0 or negative.</exception>
    public static SvgSize Of(XmlReader root)
    {
        double fontSize = PixelsOf(root.GetAttribute("font-size"), FontSize)?.Pixels ?? FontSize;
        (double Pixels, bool IsAbsolute)? width = PixelsOf(root.GetAttribute("width"), fontSize);
        (double Pixels, bool IsAbsolute)? height = PixelsOf(root.GetAttribute("height"), fontSize);
        (double Width, double Height)? box = Box(root.GetAttribute("viewBox")) is [_, _, > 0 and double boxWidth, > 0 and double boxHeight] ? (boxWidth, boxHeight) : null;
        SvgSize size = new(
            width?.Pixels ?? (box is null ? DefaultWidth : height is null ? box.Value.Width : height.Value.Pixels * box.Value.Width / box.Value.Height),
            height?.Pixels ?? (box is null ? DefaultHeight : width is null ? box.Value.Height : width.Value.Pixels * box.Value.Height / box.Value.Width),
            width is { IsAbsolute: true },
            height is { IsAbsolute: true });
        return size is { Width: > 0, Height: > 0 }
            ? size with { Width = Math.Min(size.Width, Largest), Height = Math.Min(size.Height, Largest) }
            : throw new InvalidImageException(InvalidImageException.BrokenImage, "The drawing has no size: its width or its height is not above 0.");
    }

    /// <param name="viewBox">The attribute.</param>
    /// <returns>Left, top, width and height; null: it is missing, or not four numbers.</returns>
    public static double[]? Box(string? viewBox)
    {
        string[] parts = (viewBox ?? string.Empty).Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = [.. parts.Take(5).Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        return numbers.Length == 4 && numbers.All(double.IsFinite) ? numbers : null;
    }

    /// <param name="unit">An absolute unit of CSS.</param>
    /// <returns>Its length in pixels; null: it is not an absolute unit.</returns>
    public static double? PixelsOf(string unit) => unit.ToLowerInvariant() switch
    {
        "px" => 1,
        "in" => 96,
        "cm" => 96 / 2.54,
        "mm" => 96 / 25.4,
        "q" => 96 / 101.6,
        "pt" => 96 / 72.0,
        "pc" => 16,
        _ => null,
    };

    public static string Text(double pixels) => pixels.ToString("0.######", CultureInfo.InvariantCulture);

    private static (double Pixels, bool IsAbsolute)? PixelsOf(string? length, double fontSize)
    {
        CssReader css = new((length ?? string.Empty).Trim());
        css.Next();
        double? unit = css.Kind switch
        {
            CssToken.Number => 1,
            CssToken.Dimension => PixelsOf(css.Value) ?? css.Value.ToLowerInvariant() switch { "em" => fontSize, "rem" => FontSize, "ex" or "ch" => fontSize / 2, _ => null },
            _ => null,
        };
        bool isAbsolute = css.Kind == CssToken.Number || PixelsOf(css.Value) is not null;
        double pixels = css.Number * unit ?? 0;
        return unit is not null && css.Next() == CssToken.End && double.IsFinite(pixels) ? (pixels, isAbsolute) : null;
    }
}
