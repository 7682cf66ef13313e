using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging.Engines;

/// <summary>The same pictures through both engines: what differs is listed here with its reason.</summary>
public sealed class EnginesSideBySideTests(ITestOutputHelper output) : IDisposable
{
    private const double MaxDifference = 3; // levels, on the average of a thumbnail

    // SIDE_BY_SIDE=all compares large files too.
    private static readonly long MaxBytes = Environment.GetEnvironmentVariable("SIDE_BY_SIDE") == "all" ? 8_000_000 : 300_000;

    // Files of the corpus, by the end of their names.
    private static readonly Dictionary<string, string> Explained = new()
    {
        ["gen_cmyk_noprofile.jpg"] = "ink colours are refused",
        ["Pillow_pil_sample_cmyk.jpg"] = "ink colours are refused",
        ["thumbor_cmyk.jpg"] = "ink colours are refused",
        ["imgproxy_test1.arith.jpg"] = "ImageSharp has no decoder for arithmetic coding",
        ["libvips_sample-xyb.jpg"] = "a profile made of tables is refused",
        ["libvips_invalid_multiframe.gif"] = "ImageSharp is content with a palette index that libvips refuses",
        ["wuffs_zero-width-frame.gif"] = "ImageSharp refuses a frame without pixels",
        ["wuffs_pixel-data-not-enough.gif"] = "of 4 pixels, those that the file lacks are transparent in one and black in the other",
        ["wuffs_animated-red-blue.gif"] = "of 64x48 pixels, enlarged to 200x200: the edges of its circles are dithered by different rules",
        ["wuffs_muybridge.gif"] = "of 30x20 pixels, enlarged to 200x200: its colours are dithered by different rules",
    };

    private readonly Workbench _libvips = new("libvips");
    private readonly Workbench _imageSharp = new("imagesharp");

    public void Dispose()
    {
        _libvips.Dispose();
        _imageSharp.Dispose();
    }

    [SkippableFact]
    public async Task Agree_on_every_file_of_the_corpus_but_those_that_are_explained()
    {
        string? corpus = Environment.GetEnvironmentVariable("IMAGE_CORPUS");
        Skip.If(string.IsNullOrEmpty(corpus), "IMAGE_CORPUS names no folder of pictures");
        List<string> unexplained = [];
        int seen = 0;
        foreach (string path in Directory.EnumerateFiles(corpus, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] file = await File.ReadAllBytesAsync(path);
            if (KnownFormats.BySignature(file.AsSpan(0, Math.Min(file.Length, KnownFormats.SignatureBytes))) is not { } format || IsBeyondLimits(path))
            {
                continue;
            }

            seen++;
            string? difference = await DifferenceAsync(file, format);
            if (difference is not null && !Explained.Keys.Any(name => path.EndsWith(name, StringComparison.Ordinal)))
            {
                unexplained.Add($"{Path.GetFileName(path)}: {difference}");
            }

            if (difference is not null)
            {
                output.WriteLine($"{Path.GetFileName(path)}: {difference}");
            }
        }

        seen.Should().BeGreaterThan(60);
        unexplained.Should().BeEmpty();
    }

    [Theory]
    [InlineData("photo", 0.98)]
    [InlineData("photo with half chroma", 0.98)]
    [InlineData("photo on its side", 0.98)]
    [InlineData("PNG", 0.98)]
    [InlineData("PNG of 16 bits", 0.98)]
    public async Task Make_thumbnails_of_a_photo_that_look_alike(string kind, double least)
    {
        using Image photo = Photo(1600, 1200);
        (byte[] file, ImageFormat format) = kind switch
        {
            "photo" => (photo.JpegsaveBuffer(q: 92, subsampleMode: Enums.ForeignSubsample.Off), ImageFormat.Jpeg),
            "photo with half chroma" => (photo.JpegsaveBuffer(q: 92), ImageFormat.Jpeg),
            "photo on its side" => (Pictures.InsertAfterStart(photo.JpegsaveBuffer(q: 92), Pictures.Segment(0xE1, Pictures.Exif(6, gps: false))), ImageFormat.Jpeg),
            "PNG" => (photo.PngsaveBuffer(), ImageFormat.Png),
            _ => ((photo * 257).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16).PngsaveBuffer(), ImageFormat.Png),
        };

        Made one = await _libvips.MakeAsync(file, format);
        Made other = await _imageSharp.MakeAsync(file, format);

        foreach ((byte[] first, byte[] second) in one.Files.Zip(other.Files))
        {
            double likeness = Seen.ByLibvips(first).LikenessTo(Seen.ByImageSharp(second));
            output.WriteLine($"{kind}: SSIM {likeness:F4}");
            likeness.Should().BeGreaterThanOrEqualTo(least);
        }
    }

    // Refused before an engine decodes anything of them, by the limits of the service.
    private static bool IsBeyondLimits(string path) => Path.GetFileName(path).Contains("bomb", StringComparison.Ordinal) || path.EndsWith("65536-uint32-limit.png", StringComparison.Ordinal) || new FileInfo(path).Length > MaxBytes;

    private async Task<string?> DifferenceAsync(byte[] file, ImageFormat format)
    {
        (Made? one, string? whyNotOne) = await TryAsync(_libvips, file, format);
        (Made? other, string? whyNotOther) = await TryAsync(_imageSharp, file, format);
        if (one is null || other is null)
        {
            return whyNotOne == whyNotOther ? null : $"libvips: {whyNotOne ?? "taken"}, ImageSharp: {whyNotOther ?? "taken"}";
        }

        if ((one.Header.Size, one.Header.Frames, one.Header.IsUpright) != (other.Header.Size, other.Header.Frames, other.Header.IsUpright))
        {
            return $"{one.Header} and {other.Header}";
        }

        double most = one.Files.Zip(other.Files).Max(pair => Seen.ByLibvips(pair.First).DifferenceTo(Seen.ByLibvips(pair.Second)));
        return most <= MaxDifference ? null : $"{most:F1} levels";
    }

    private static async Task<(Made? Made, string? WhyNot)> TryAsync(Workbench bench, byte[] file, ImageFormat format)
    {
        try
        {
            return (await bench.MakeAsync(file, format), null);
        }
        catch (InvalidImageException refusal)
        {
            return (null, refusal.Code);
        }
    }

    // Waves of every length, in colours that change slowly: edges, areas and detail.
    private static Image Photo(int width, int height)
    {
        using Image zone = Image.Zone(width, height, uchar: true);
        using Image grey = Image.Grey(width, height, uchar: true);
        using Image rows = Image.Grey(height, width, uchar: true).Rot90();
        using Image joined = zone.Bandjoin(grey).Bandjoin(rows);
        using Image blurred = joined.Gaussblur(1.2);
        return blurred.Copy(interpretation: Enums.Interpretation.Srgb);
    }
}
