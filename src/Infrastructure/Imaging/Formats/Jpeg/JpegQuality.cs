namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>Estimates the quality that a JPEG was encoded at from its quantisation table.</summary>
internal static class JpegQuality
{
    /// <summary>Used if the file has no readable table.</summary>
    public const int Default = 92;

    private const int TableLength = 64;

    // The luminance table of the JPEG standard (annex K.1), in the zigzag order used in files. Encoders of the
    // libjpeg family scale it by quality; for others the nearest quality is returned.
    private static readonly int[] Standard =
    [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
        26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
        56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
        95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
    ];

    /// <param name="luminance">What <see cref="LuminanceIn"/> returned; null: there is none.</param>
    /// <returns>1 to 100.</returns>
    public static int Of(int[]? luminance) =>
        luminance is null ? Default : Enumerable.Range(1, 100).MinBy(quality => Distance(luminance, quality));

    /// <param name="tables">A segment's content: one or more tables, number 0 being the luminance.</param>
    /// <returns>Its values in the order of the file; null: the segment does not contain it.</returns>
    public static int[]? LuminanceIn(ReadOnlySpan<byte> tables)
    {
        while (!tables.IsEmpty)
        {
            int bytes = tables[0] >> 4 == 0 ? 1 : 2;
            int end = 1 + (TableLength * bytes);
            if (tables.Length < end)
            {
                return null;
            }

            if ((tables[0] & 0xF) == 0)
            {
                byte[] values = tables[1..end].ToArray();
                return [.. Enumerable.Range(0, TableLength).Select(i => bytes == 1 ? values[i] : (values[2 * i] << 8) + values[(2 * i) + 1])];
            }

            tables = tables[end..];
        }

        return null;
    }

    private static long Distance(int[] table, int quality)
    {
        // Scaled as in libjpeg: jpeg_quality_scaling and jpeg_add_quant_table.
        int scale = quality < 50 ? 5000 / quality : 200 - (quality * 2);
        return Standard.Select((value, i) => (long)Math.Abs(table[i] - Math.Clamp(((value * scale) + 50) / 100, 1, 255))).Sum();
    }
}
