using System.Diagnostics;
using System.Globalization;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Libvips;
using NetVips;

namespace ImageBackend.Benchmarks;

/// <summary>Finds at which quality WebP and AVIF show as much of a photo as the JPEG at quality 90, and what that costs.</summary>
internal static class ModernQuality
{
    // Of Wang et al., for levels of 0 to 255.
    private const double Stabiliser1 = 0.01 * 255 * 0.01 * 255;
    private const double Stabiliser2 = 0.03 * 255 * 0.03 * 255;
    private const double WindowSigma = 1.5;

    /// <summary>Prints a table (Markdown): each format, effort and quality, over the default thumbnails of all JPEGs of a folder.</summary>
    public static void Run(string folder)
    {
        NetVips.NetVips.Concurrency = 1; // as in a worker, but with the decoders of what is encoded
        Cache.Max = 0;
        Image[] thumbnails = [.. Directory.EnumerateFiles(folder, "*.jpg").Order(StringComparer.Ordinal).SelectMany(Thumbnails)];
        Result jpeg = Measure(thumbnails, image => image.JpegsaveBuffer(q: 90, subsampleMode: Enums.ForeignSubsample.On, keep: Enums.ForeignKeep.None));
        Console.WriteLine($"{thumbnails.Length} thumbnails; JPEG at 90: {jpeg.Bytes} bytes, SSIM {jpeg.Mean:F4}, {jpeg.Seconds:F2} s\n");
        Console.WriteLine("| format | effort | quality | bytes against the JPEG's | mean SSIM | thumbnails with the JPEG's SSIM or more | CPU seconds for all |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (int effort in new[] { 2, 4, 6 })
        {
            foreach (int quality in new[] { 80, 85, 88, 89, 90, 92 })
            {
                Print("WebP", effort, quality, Measure(thumbnails, image => image.WebpsaveBuffer(q: quality, effort: effort, keep: Enums.ForeignKeep.None)), jpeg);
            }
        }

        foreach (int effort in new[] { 0, 2, 3 })
        {
            foreach (int quality in new[] { 50, 60, 70, 75, 78, 80 })
            {
                Print("AVIF", effort, quality, Measure(thumbnails, image => image.HeifsaveBuffer(q: quality, effort: effort, compression: Enums.ForeignHeifCompression.Av1, keep: Enums.ForeignKeep.None)), jpeg);
            }
        }
    }

    private static IEnumerable<Image> Thumbnails(string path)
    {
        foreach (ThumbnailSpec spec in ThumbnailSet.Default.Specs)
        {
            using Image photo = Image.NewFromFile(path);
            using Image upright = photo.Autorot();
            using Image colour = upright.Colourspace(Enums.Interpretation.Srgb);
            yield return Pixels.LayOut(colour, spec.LayOutOn(new PixelSize(colour.Width, colour.Height)), spec.Background, frames: 1);
        }
    }

    private static Result Measure(Image[] thumbnails, Func<Image, byte[]> encode)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        byte[][] files = [.. thumbnails.Select(encode)];
        self.Refresh();
        double seconds = (self.TotalProcessorTime - before).TotalSeconds;
        return new Result(files.Sum(file => file.LongLength), seconds, [.. files.Zip(thumbnails, Ssim)]);
    }

    private static double Ssim(byte[] file, Image original)
    {
        using Image decoded = Image.NewFromBuffer(file);
        using Image x = Luma(original);
        using Image y = Luma(decoded);
        using Image meanX = Blur(x);
        using Image meanY = Blur(y);
        using Image varianceX = Blur(x * x) - (meanX * meanX);
        using Image varianceY = Blur(y * y) - (meanY * meanY);
        using Image covariance = Blur(x * y) - (meanX * meanY);
        using Image map = ((2 * meanX * meanY) + Stabiliser1) * ((2 * covariance) + Stabiliser2)
            / (((meanX * meanX) + (meanY * meanY) + Stabiliser1) * (varianceX + varianceY + Stabiliser2));
        return map.Avg();
    }

    private static Image Luma(Image image)
    {
        using Image grey = image.Colourspace(Enums.Interpretation.Bw);
        return grey.Cast(Enums.BandFormat.Double);
    }

    private static Image Blur(Image image) => image.Gaussblur(WindowSigma, minAmpl: 0.01, precision: Enums.Precision.Float);

    private static void Print(string format, int effort, int quality, Result result, Result jpeg)
    {
        int asGood = result.Ssim.Zip(jpeg.Ssim, (one, other) => one >= other).Count(isAsGood => isAsGood);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {format} | {effort} | {quality} | {100.0 * result.Bytes / jpeg.Bytes:F0} % | {result.Mean:F4} | {asGood} of {jpeg.Ssim.Length} | {result.Seconds:F2} |"));
    }

    private sealed record Result(long Bytes, double Seconds, double[] Ssim)
    {
        public double Mean => Ssim.Average();
    }
}
