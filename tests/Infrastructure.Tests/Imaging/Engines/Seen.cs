using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using ManagedImage = SixLabors.ImageSharp.Image<SixLabors.ImageSharp.PixelFormats.Rgba32>;
using VipsImage = NetVips.Image;

namespace ImageBackend.Infrastructure.Tests.Imaging.Engines;

/// <summary>A picture's file, as a decoder sees it.</summary>
/// <param name="Delays">Of the frames of a GIF, in hundredths of a second.</param>
/// <param name="Loops">How many times a GIF is shown; 0: for ever.</param>
/// <param name="Pixels">Of the first frame, row by row: red, green, blue, alpha.</param>
internal sealed record Seen(PixelSize Size, IReadOnlyList<int> Delays, int Loops, byte[] Pixels)
{
    private const int Bands = 4;

    public static Seen ByImageSharp(byte[] file)
    {
        using ManagedImage image = SixLabors.ImageSharp.Image.Load<Rgba32>(file);
        byte[] pixels = new byte[image.Width * image.Height * Bands];
        image.Frames.RootFrame.CopyPixelDataTo(pixels);
        int[] delays = [.. Enumerable.Range(0, image.Frames.Count).Select(i => image.Frames[i].Metadata.GetGifMetadata().FrameDelay)];
        return new Seen(new PixelSize(image.Width, image.Height), delays, image.Metadata.GetGifMetadata().RepeatCount is var again && again == 0 ? 0 : again + 1, pixels);
    }

    public static Seen ByLibvips(byte[] file)
    {
        bool isGif = file.AsSpan().StartsWith("GIF"u8);
        using VipsImage image = isGif ? VipsImage.GifloadBuffer(file, n: -1) : VipsImage.NewFromBuffer(file);
        int height = isGif ? image.PageHeight : image.Height;
        using VipsImage first = image.Crop(0, 0, image.Width, height);
        using VipsImage colour = first.Colourspace(Enums.Interpretation.Srgb);
        using VipsImage full = colour.HasAlpha() ? colour.Copy() : colour.Bandjoin(255);
        using VipsImage bytes = full.Cast(Enums.BandFormat.Uchar);
        int[] delays = image.Contains("delay") ? [.. ((int[])image.Get("delay")).Select(milliseconds => milliseconds / 10)] : [0];
        return new Seen(new PixelSize(image.Width, height), delays, image.Contains("loop") ? (int)image.Get("loop") : 1, bytes.WriteToMemory<byte>());
    }

    /// <returns>The chroma of a JPEG, as its header says it.</returns>
    public static JpegColorType? ChromaOf(byte[] jpeg)
    {
        using MemoryStream file = new(jpeg);
        return SixLabors.ImageSharp.Image.Identify(file).Metadata.GetJpegMetadata().ColorType;
    }

    /// <param name="x">0 to 1, from the left.</param>
    /// <param name="y">0 to 1, from the top.</param>
    /// <returns>The colour there, whatever its transparency.</returns>
    public Rgb At(double x, double y)
    {
        int at = PlaceOf(x, y);
        return new Rgb(Pixels[at], Pixels[at + 1], Pixels[at + 2]);
    }

    public int AlphaAt(double x, double y) => Pixels[PlaceOf(x, y) + 3];

    /// <returns>The colours in the middle of the four quadrants.</returns>
    public Rgb[] Quadrants() => [At(0.25, 0.25), At(0.75, 0.25), At(0.25, 0.75), At(0.75, 0.75)];

    /// <returns>How much the levels of two pictures of one size differ, on the average, on white.</returns>
    public double DifferenceTo(Seen other)
    {
        other.Size.Should().Be(Size);
        return Enumerable.Range(0, Pixels.Length / Bands).Average(i => Enumerable.Range(0, 3).Average(band => Math.Abs(OnWhite(Pixels, i, band) - OnWhite(other.Pixels, i, band))));
    }

    /// <returns>The structural similarity (SSIM) of the brightness of two pictures of one size, in windows of 8x8 pixels: 1 if they are the same.</returns>
    public double LikenessTo(Seen other)
    {
        const int Window = 8;
        const double C1 = 0.01 * 255 * 0.01 * 255;
        const double C2 = 0.03 * 255 * 0.03 * 255;
        other.Size.Should().Be(Size);
        double sum = 0;
        int windows = 0;
        for (int y = 0; y + Window <= Size.Height; y += Window / 2)
        {
            for (int x = 0; x + Window <= Size.Width; x += Window / 2)
            {
                (double a, double b, double aa, double bb, double ab) = (0, 0, 0, 0, 0);
                for (int i = 0; i < Window * Window; i++)
                {
                    int at = ((y + (i / Window)) * Size.Width) + x + (i % Window);
                    (double one, double two) = (Brightness(Pixels, at), Brightness(other.Pixels, at));
                    (a, b, aa, bb, ab) = (a + one, b + two, aa + (one * one), bb + (two * two), ab + (one * two));
                }

                const int Count = Window * Window;
                (double meanA, double meanB) = (a / Count, b / Count);
                (double varianceA, double varianceB, double covariance) = ((aa / Count) - (meanA * meanA), (bb / Count) - (meanB * meanB), (ab / Count) - (meanA * meanB));
                sum += ((2 * meanA * meanB) + C1) * ((2 * covariance) + C2) / (((meanA * meanA) + (meanB * meanB) + C1) * (varianceA + varianceB + C2));
                windows++;
            }
        }

        return sum / windows;
    }

    private static double Brightness(byte[] pixels, int i) => (0.299 * OnWhite(pixels, i, 0)) + (0.587 * OnWhite(pixels, i, 1)) + (0.114 * OnWhite(pixels, i, 2));

    private static double OnWhite(byte[] pixels, int i, int band) => 255 - ((255 - pixels[(i * Bands) + band]) * pixels[(i * Bands) + 3] / 255.0);

    private int PlaceOf(double x, double y) => (((int)(y * Size.Height) * Size.Width) + (int)(x * Size.Width)) * Bands;
}
