using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>
/// A placeholder of a picture in some 25 bytes, as https://evanw.github.io/thumbhash/ describes it: average colour, shape, and the lowest
/// frequencies of brightness, two differences of colours, and opacity.
/// </summary>
internal static class ThumbHash
{
    /// <summary>Its seven waves need no more pixels on a side; twice as many would take four times the time.</summary>
    public const int MaxSide = 50;

    // Of a picture of one colour, all that is left by rounding.
    private const double Nothing = 1e-9;

    /// <param name="sample">Of any size; <see cref="MaxSide"/> is enough.</param>
    public static byte[] Of(RgbaSample sample)
    {
        ((int width, int height), byte[] pixels) = (sample.Size, sample.Pixels);
        int longer = Math.Max(width, height);
        Channels channels = Channels.Of(pixels);
        bool isTransparent = channels.Opacity < width * height;
        int most = isTransparent ? 5 : 7;
        int across = Math.Max(1, Round((double)most * width / longer));
        int down = Math.Max(1, Round((double)most * height / longer));

        Waves light = Waves.Of(channels.Light, sample.Size, Math.Max(3, across), Math.Max(3, down));
        Waves yellow = Waves.Of(channels.Yellow, sample.Size, 3, 3);
        Waves red = Waves.Of(channels.Red, sample.Size, 3, 3);
        Waves? alpha = isTransparent ? Waves.Of(channels.Alpha, sample.Size, 5, 5) : null;

        bool isLandscape = width > height;
        int first = Round(63 * light.Mean) | (Round(31.5 + (31.5 * yellow.Mean)) << 6) | (Round(31.5 + (31.5 * red.Mean)) << 12)
            | (Round(31 * light.Scale) << 18) | (isTransparent ? 1 << 23 : 0);
        int second = (isLandscape ? down : across) | (Round(63 * yellow.Scale) << 3) | (Round(63 * red.Scale) << 9) | (isLandscape ? 1 << 15 : 0);
        List<byte> hash = [(byte)first, (byte)(first >> 8), (byte)(first >> 16), (byte)second, (byte)(second >> 8)];
        if (alpha is not null)
        {
            hash.Add((byte)(Round(15 * alpha.Mean) | (Round(15 * alpha.Scale) << 4)));
        }

        // Two to a byte, the first in its lower half.
        int[] parts = [.. new[] { light, yellow, red, alpha }.OfType<Waves>().SelectMany(waves => waves.Parts).Select(part => Round(15 * part))];
        hash.AddRange(parts.Chunk(2).Select(pair => (byte)(pair[0] | (pair.Length > 1 ? pair[1] << 4 : 0))));
        return [.. hash];
    }

    // A half goes up, as in JavaScript, which decodes it.
    private static int Round(double value) => (int)Math.Floor(value + 0.5);

    /// <summary>The picture on its average colour, as brightness, yellow against blue, red against green, and opacity.</summary>
    /// <param name="Opacity">The sum of <paramref name="Alpha"/>.</param>
    private sealed record Channels(double[] Light, double[] Yellow, double[] Red, double[] Alpha, double Opacity)
    {
        public static Channels Of(byte[] pixels)
        {
            (double red, double green, double blue, double opacity) = (0, 0, 0, 0);
            for (int i = 0; i < pixels.Length; i += 4)
            {
                double alpha = pixels[i + 3] / 255.0;
                red += alpha / 255 * pixels[i];
                green += alpha / 255 * pixels[i + 1];
                blue += alpha / 255 * pixels[i + 2];
                opacity += alpha;
            }

            double whole = opacity > 0 ? opacity : 1;
            return On(pixels, red / whole, green / whole, blue / whole, opacity);
        }

        private static Channels On(byte[] pixels, double redMean, double greenMean, double blueMean, double opacity)
        {
            int count = pixels.Length / 4;
            Channels channels = new(new double[count], new double[count], new double[count], new double[count], opacity);
            for (int i = 0; i < count; i++)
            {
                double alpha = pixels[(4 * i) + 3] / 255.0;
                double red = (redMean * (1 - alpha)) + (alpha / 255 * pixels[4 * i]);
                double green = (greenMean * (1 - alpha)) + (alpha / 255 * pixels[(4 * i) + 1]);
                double blue = (blueMean * (1 - alpha)) + (alpha / 255 * pixels[(4 * i) + 2]);
                channels.Light[i] = (red + green + blue) / 3;
                channels.Yellow[i] = ((red + green) / 2) - blue;
                channels.Red[i] = red - green;
                channels.Alpha[i] = alpha;
            }

            return channels;
        }
    }

    /// <summary>A channel as cosine waves: its mean, and the lowest of the others, each 0 to 1 by the largest of them.</summary>
    private sealed record Waves(double Mean, IReadOnlyList<double> Parts, double Scale)
    {
        public static Waves Of(double[] channel, PixelSize size, int across, int down)
        {
            double[][] columns = [.. Enumerable.Range(0, across).Select(wave => SumRows(channel, size, Cosines(wave, size.Width)))];
            double[][] rows = [.. Enumerable.Range(0, down).Select(wave => Cosines(wave, size.Height))];
            List<double> all = [];
            for (int y = 0; y < down; y++)
            {
                for (int x = 0; x * down < across * (down - y); x++)
                {
                    all.Add(columns[x].Zip(rows[y], (sum, cosine) => sum * cosine).Sum() / size.Pixels);
                }
            }

            double scale = all.Skip(1).Max(Math.Abs);
            return scale < Nothing
                ? new Waves(all[0], [.. all.Skip(1).Select(_ => 0.0)], 0)
                : new Waves(all[0], [.. all.Skip(1).Select(part => 0.5 + (0.5 / scale * part))], scale);
        }

        private static double[] Cosines(int wave, int length) => [.. Enumerable.Range(0, length).Select(at => Math.Cos(Math.PI / length * wave * (at + 0.5)))];

        private static double[] SumRows(double[] channel, PixelSize size, double[] cosines)
        {
            double[] sums = new double[size.Height];
            for (int y = 0; y < size.Height; y++)
            {
                double sum = 0;
                for (int x = 0; x < size.Width; x++)
                {
                    sum += channel[(y * size.Width) + x] * cosines[x];
                }

                sums[y] = sum;
            }

            return sums;
        }
    }
}
