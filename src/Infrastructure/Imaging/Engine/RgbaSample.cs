using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>A small picture: rows from the top, each pixel as red, green, blue and alpha, colours not weighted by alpha.</summary>
internal sealed record RgbaSample(PixelSize Size, byte[] Pixels)
{
    /// <summary>Whoever has more pixels on a side than this many times the side of a sample leaves some out first.</summary>
    public const int EnoughTimes = 4;

    /// <returns>The size of a picture that fits a square; never larger than it is.</returns>
    public static PixelSize SizeWithin(PixelSize picture, int side)
    {
        double scale = Math.Min(1, (double)side / Math.Max(picture.Width, picture.Height));
        return new PixelSize(Math.Max(1, (int)Math.Floor((picture.Width * scale) + 0.5)), Math.Max(1, (int)Math.Floor((picture.Height * scale) + 0.5)));
    }

    /// <summary>Makes a picture as small as fits a square, each pixel the mean of those that it covers.</summary>
    /// <param name="pixels">Rows from the top.</param>
    /// <param name="bands">Bytes of a pixel: 1 grey, 2 grey and alpha, 3 colours, 4 colours and alpha.</param>
    public static RgbaSample Of(ReadOnlySpan<byte> pixels, PixelSize size, int bands, int side)
    {
        PixelSize within = SizeWithin(size, side);
        byte[] sample = new byte[4 * within.Pixels];
        for (int y = 0; y < within.Height; y++)
        {
            (int top, int bottom) = Covered(y, within.Height, size.Height);
            for (int x = 0; x < within.Width; x++)
            {
                (int left, int right) = Covered(x, within.Width, size.Width);
                Mean(pixels, size.Width, bands, (left, top, right, bottom), sample.AsSpan(4 * ((y * within.Width) + x), 4));
            }
        }

        return new RgbaSample(within, sample);
    }

    private static (int From, int To) Covered(int at, int length, int all) => ((int)((long)at * all / length), (int)(((long)at + 1) * all / length));

    private static void Mean(ReadOnlySpan<byte> pixels, int width, int bands, (int Left, int Top, int Right, int Bottom) area, Span<byte> mean)
    {
        bool hasAlpha = bands is 2 or 4;
        (int green, int blue) = bands < 3 ? (0, 0) : (1, 2);
        (long redSum, long greenSum, long blueSum, long alphaSum) = (0, 0, 0, 0);
        for (int y = area.Top; y < area.Bottom; y++)
        {
            for (int x = area.Left; x < area.Right; x++)
            {
                ReadOnlySpan<byte> pixel = pixels.Slice(((y * width) + x) * bands, bands);
                int alpha = hasAlpha ? pixel[bands - 1] : byte.MaxValue;
                redSum += pixel[0] * alpha;
                greenSum += pixel[green] * alpha;
                blueSum += pixel[blue] * alpha;
                alphaSum += alpha;
            }
        }

        long whole = Math.Max(1, alphaSum);
        int count = (area.Right - area.Left) * (area.Bottom - area.Top);
        (mean[0], mean[1], mean[2], mean[3]) = ((byte)(redSum / whole), (byte)(greenSum / whole), (byte)(blueSum / whole), (byte)(alphaSum / count));
    }
}
