using System.Runtime.InteropServices;
using System.Text;
using NetVips;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageBackend.Testing;

/// <summary>
/// What is visible in a picture's file, by the library that did not make it, so that no fault of an encoder hides in its own decoder.
/// </summary>
internal static class Look
{
    // AVIF is known to libvips only.
    private static readonly bool LooksByLibvips = Environment.GetEnvironmentVariable("TEST_ENGINE") == "imagesharp";

    /// <returns>The colours in the middle of the four quadrants of the first frame, on white.</returns>
    public static Rgb[] AtQuadrants(byte[] file)
    {
        using Image image = OnWhite(file);
        int[] columns = [image.Width / 4, image.Width * 3 / 4];
        int[] rows = [image.Height / 4, image.Height * 3 / 4];
        return [.. from y in rows from x in columns select At(image, x, y)];
    }

    /// <returns>Its averages over 8x8 fields of equal size, row by row, on white.</returns>
    public static Rgb[] AtFields(byte[] file)
    {
        using Image image = OnWhite(file);
        using Image zoomed = image.Zoom(8, 8);
        using Image fields = zoomed.Shrink(image.Width, image.Height);
        return [.. from i in Enumerable.Range(0, 64) select At(fields, i % 8, i / 8)];
    }

    public static (int Width, int Height) SizeOf(byte[] file)
    {
        using Image image = Open(file);
        return (image.Width, image.Height);
    }

    /// <returns>Values of all bands of one pixel, as stored.</returns>
    public static double[] PixelAt(byte[] file, int x, int y)
    {
        using Image image = Image.NewFromBuffer(file);
        return image.Getpoint(x, y);
    }

    /// <returns>The parts of a JPEG, PNG or GIF that are neither pixels nor their resolution nor needed to decode them, by their names.</returns>
    public static IReadOnlyList<string> ExtrasOf(byte[] file) =>
        file[0] == 0xFF ? [.. JpegSegments(file).Where(name => name is not ("C0" or "C4" or "DA" or "DB" or "DD" or "JFIF"))]
        : file[0] == 0x89 ? [.. PngChunks(file).Where(name => name is not ("IHDR" or "PLTE" or "tRNS" or "pHYs" or "IDAT" or "IEND"))]
        : [.. GifExtensions(file).Where(name => name is not ("F9" or "NETSCAPE2.0"))];

    private static IEnumerable<string> JpegSegments(byte[] file)
    {
        int at = 2;
        while (true)
        {
            file[at].Should().Be(0xFF, "a JPEG is made of segments");
            int length = (file[at + 2] << 8) | file[at + 3];
            bool isJfif = file[at + 1] == 0xE0 && file.AsSpan(at + 4, 5).SequenceEqual("JFIF\0"u8);
            yield return isJfif ? "JFIF" : file[at + 1].ToString("X2", null);
            if (file[at + 1] == 0xDA)
            {
                yield break; // baseline: pixels up to the end
            }

            at += 2 + length;
        }
    }

    private static IEnumerable<string> PngChunks(byte[] file)
    {
        for (int at = 8; at < file.Length;)
        {
            yield return Encoding.ASCII.GetString(file, at + 4, 4);
            at += 12 + ((file[at] << 24) | (file[at + 1] << 16) | (file[at + 2] << 8) | file[at + 3]);
        }
    }

    private static IEnumerable<string> GifExtensions(byte[] file)
    {
        int at = 13 + ColourTable(file[10]);
        while (file[at] != 0x3B)
        {
            if (file[at] == 0x21)
            {
                yield return file[at + 1] == 0xFF ? Encoding.ASCII.GetString(file, at + 3, 11) : file[at + 1].ToString("X2", null);
                at += 2;
            }
            else
            {
                file[at].Should().Be(0x2C, "a GIF is made of extensions and pictures");
                at += 10 + ColourTable(file[at + 9]) + 1;
            }

            while (file[at] != 0)
            {
                at += file[at] + 1;
            }

            at++;
        }

        static int ColourTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private static Image OnWhite(byte[] file)
    {
        using Image image = Open(file);
        using Image colour = image.Colourspace(Enums.Interpretation.Srgb);
        return colour.HasAlpha() ? colour.Flatten(background: [255]) : colour.CopyMemory();
    }

    private static Image Open(byte[] file)
    {
        if (LooksByLibvips || IsAvif(file))
        {
            return Image.NewFromBuffer(file);
        }

        using SixLabors.ImageSharp.Image<Rgba32> image = SixLabors.ImageSharp.Image.Load<Rgba32>(file);
        Rgba32[] pixels = new Rgba32[image.Width * image.Height];
        image.Frames.RootFrame.CopyPixelDataTo(pixels);
        using Image bands = Image.NewFromMemoryCopy(MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray(), image.Width, image.Height, 4, Enums.BandFormat.Uchar);
        return bands.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static bool IsAvif(byte[] file) => file.AsSpan(4).StartsWith("ftypavif"u8);

    private static Rgb At(Image image, int x, int y)
    {
        double[] levels = image.Getpoint(x, y);
        return new Rgb((int)levels[0], (int)levels[1], (int)levels[2]);
    }
}

internal static class LookAssertions
{
    /// <summary>Each colour is close to the one expected in its place.</summary>
    public static void ShouldLookLike(this IReadOnlyList<Rgb> seen, IReadOnlyList<Rgb> expected, int tolerance = 24, string because = "")
    {
        seen.Should().HaveSameCount(expected);
        int farthest = seen.Zip(expected, (one, other) => one.DistanceTo(other)).Max();
        farthest.Should().BeLessThanOrEqualTo(
            tolerance, "{2}: seen are {0}, expected {1}", string.Join(",", seen), string.Join(",", expected), because);
    }
}
