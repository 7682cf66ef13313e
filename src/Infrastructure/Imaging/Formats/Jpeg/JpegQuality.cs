namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>Tells the quality that a JPEG was encoded at, by its quantisation table.</summary>
internal static class JpegQuality
{
    /// <summary>Where the file has no table that can be read.</summary>
    public const int Default = 92;

    private const int TableMarker = 0xDB;
    private const int ScanMarker = 0xDA;
    private const int TemporaryMarker = 0x01;
    private const int FirstRestart = 0xD0;
    private const int LastRestart = 0xD7;
    private const int TableLength = 64;

    // The luminance table of the JPEG standard (annex K.1), in the zigzag order in which files hold it. Encoders of the
    // libjpeg family scale it by quality; others are told the nearest.
    private static readonly int[] Standard =
    [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
        26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
        56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
        95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
    ];

    /// <returns>1 to 100.</returns>
    public static int Estimate(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        int[]? table = FindLuminance(file);
        return table is null ? Default : Enumerable.Range(1, 100).MinBy(quality => Distance(table, quality));
    }

    private static long Distance(int[] table, int quality)
    {
        // As libjpeg scales: jpeg_quality_scaling and jpeg_add_quant_table.
        int scale = quality < 50 ? 5000 / quality : 200 - (quality * 2);
        return Standard.Select((value, i) => (long)Math.Abs(table[i] - Math.Clamp(((value * scale) + 50) / 100, 1, 255))).Sum();
    }

    private static int[]? FindLuminance(FileStream file)
    {
        file.Position = 2; // after the start of image
        while (NextMarker(file) is not (ScanMarker or < 0) and int marker)
        {
            if (marker is TemporaryMarker or (>= FirstRestart and <= LastRestart))
            {
                continue; // it has no length
            }

            int length = (file.ReadByte() << 8) + file.ReadByte() - 2;
            if (length < 0)
            {
                return null;
            }

            long end = file.Position + length;
            if (marker == TableMarker && ReadTable(file, end) is { } table)
            {
                return table;
            }

            file.Position = end;
        }

        return null;
    }

    /// <returns>-1: there is none up to the file's end.</returns>
    private static int NextMarker(FileStream file)
    {
        int one;
        do
        {
            // What stands before the mark is passed over, as decoders do.
            while ((one = file.ReadByte()) is not (0xFF or < 0))
            {
            }

            while (one == 0xFF)
            {
                one = file.ReadByte();
            }
        }
        while (one == 0);

        return one;
    }

    // A segment holds one or more tables; number 0 is the luminance.
    private static int[]? ReadTable(FileStream file, long end)
    {
        while (file.Position < end)
        {
            int head = file.ReadByte();
            int bytes = head >> 4 == 0 ? 1 : 2;
            byte[] values = new byte[TableLength * bytes];
            if (file.ReadAtLeast(values, values.Length, throwOnEndOfStream: false) < values.Length)
            {
                return null;
            }

            if ((head & 0xF) == 0)
            {
                return [.. Enumerable.Range(0, TableLength).Select(i => bytes == 1 ? values[i] : (values[2 * i] << 8) + values[(2 * i) + 1])];
            }
        }

        return null;
    }
}
