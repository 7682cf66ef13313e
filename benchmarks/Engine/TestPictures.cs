using System.Globalization;
using NetVips;

namespace ImageBackend.Benchmarks;

/// <summary>Makes pictures to measure with, and compares pictures.</summary>
internal static class TestPictures
{
    public const string Usage = """
        engine photo WIDTH HEIGHT FILE   writes a baseline JPEG that compresses about like a photo, row by row
        engine chart FILE                writes a test chart: zone plate, slanted edges, fine text, gradients
        engine ssim FILE FILE …          prints how alike each two pictures are, 1 at most, by their luma
        """;

    /// <returns>Whether the arguments were for this.</returns>
    public static bool Run(string[] args)
    {
        switch (args)
        {
            case ["photo", { } width, { } height, { } file]:
                WritePhoto(int.Parse(width, CultureInfo.InvariantCulture), int.Parse(height, CultureInfo.InvariantCulture), file);
                return true;
            case ["chart", { } file]:
                WriteChart(file);
                return true;
            case ["ssim", .. { Length: > 0 } files] when files.Length % 2 == 0:
                foreach (string[] pair in files.Chunk(2))
                {
                    Console.WriteLine(Similarity(pair[0], pair[1]).ToString("F4", CultureInfo.InvariantCulture));
                }

                return true;
            default:
                return false;
        }
    }

    private static void WritePhoto(int width, int height, string file)
    {
        using Image places = Image.Xyz(width, height);
        using Image slopes = places.Linear([120.0 / width, 120.0 / height], [60, 60]);
        using Image noise = Image.Gaussnoise(width, height, sigma: 4, mean: 0, seed: 1);
        using Image grained = slopes + noise;
        using Image joined = grained.Bandjoin(grained[0].Linear([-1], [255]));
        using Image bytes = joined.Cast(Enums.BandFormat.Uchar);
        using Image colours = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
        colours.Jpegsave(file, q: 90);
    }

    private static void WriteChart(string file)
    {
        const int Field = 1500;
        using Image zone = Image.Zone(Field, Field).Linear([127.5], [127.5]).Cast(Enums.BandFormat.Uchar);
        using Image places = Image.Xyz(Field, Field);
        // Stripes at 5 degrees, of full and of small contrast.
        using Image along = places[0] * 0.996 + places[1] * 0.087;
        using Image isLight = along % 150 > 75;
        using Image strong = isLight.Ifthenelse(255, 0);
        using Image weak = isLight.Ifthenelse(150, 105);
        using Image edges = strong.ExtractArea(0, 0, Field, Field / 2).Join(weak.ExtractArea(0, 0, Field, Field / 2), Enums.Direction.Vertical).Cast(Enums.BandFormat.Uchar);
        using Image words = Image.Text(string.Join('\n', Enumerable.Range(1, 40).Select(line => $"{line} Hamburgefonstiv 0123456789 fine text as in a photo of a page, <i>and some of it slanted</i>")), font: "DejaVu Sans 30", width: Field);
        using Image text = words.Invert().Embed(20, 20, Field, Field, extend: Enums.Extend.White);
        using Image slope = (places[0] * (255.0 / Field)).Cast(Enums.BandFormat.Uchar);
        using Image down = (places[1] * (255.0 / Field)).Cast(Enums.BandFormat.Uchar);
        using Image gradients = slope.Bandjoin(down, slope.Invert());
        using Image left = Colour(zone).Join(Colour(text), Enums.Direction.Vertical);
        using Image right = Colour(edges).Join(gradients, Enums.Direction.Vertical);
        using Image chart = left.Join(right, Enums.Direction.Horizontal).Copy(interpretation: Enums.Interpretation.Srgb);
        chart.Jpegsave(file, q: 95, subsampleMode: Enums.ForeignSubsample.Off);

        static Image Colour(Image grey) => grey.Bandjoin(grey, grey);
    }

    // Structural similarity as it was published (Wang and others, 2004): a Gaussian window of 1.5 pixels, 0.01 and 0.03.
    private static double Similarity(string one, string other)
    {
        const double OfMeans = 0.01 * 255 * 0.01 * 255;
        const double OfSpreads = 0.03 * 255 * 0.03 * 255;
        using Image x = Luma(one);
        using Image y = Luma(other);
        using Image meanX = x.Gaussblur(1.5);
        using Image meanY = y.Gaussblur(1.5);
        using Image product = meanX * meanY;
        using Image squares = meanX * meanX + meanY * meanY;
        using Image covariance = (x * y).Gaussblur(1.5) - product;
        using Image variances = (x * x + y * y).Gaussblur(1.5) - squares;
        using Image similarity = (product * 2 + OfMeans) * (covariance * 2 + OfSpreads) / ((squares + OfMeans) * (variances + OfSpreads));
        return similarity.Avg();
    }

    private static Image Luma(string file)
    {
        using Image image = Image.NewFromFile(file);
        using Image flat = image.HasAlpha() ? image.Flatten(background: [255]) : image.Copy();
        using Image colour = flat.Colourspace(Enums.Interpretation.Srgb);
        using Image weights = Image.NewFromArray(new[,] { { 0.299, 0.587, 0.114 } });
        return colour.Recomb(weights).Cast(Enums.BandFormat.Double).CopyMemory();
    }
}
