using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>Compares the pixels of two drawings, at a small size, to tell whether they look alike.</summary>
internal static class SvgComparison
{
    // Length of the longer side in pixels.
    private const double Side = 200;

    // Levels of 255 in one pixel. Removing something invisible leaves them all as they were.
    private const double Tolerance = 8;

    /// <returns>Also false if neither can be drawn; true if one can and the other can't.</returns>
    public static bool AreAlike(byte[] one, byte[] other)
    {
        using Image? first = Draw(one);
        using Image? second = Draw(other);
        if (first is null || second is null)
        {
            return first is null && second is null;
        }

        if (first.Width != second.Width || first.Height != second.Height)
        {
            return false;
        }

        using Image difference = first - second;
        using Image absolute = difference.Abs();
        return absolute.Max() <= Tolerance;
    }

    // With its alpha multiplied in: transparent pixels have no colour.
    private static Image? Draw(byte[] drawing)
    {
        try
        {
            using Image header = Image.SvgloadBuffer(drawing);
            using Image loaded = Image.SvgloadBuffer(drawing, scale: Side / Math.Max(header.Width, header.Height));
            using Image premultiplied = loaded.Premultiply();
            return premultiplied.CopyMemory();
        }
        catch (VipsException)
        {
            return null;
        }
    }
}
