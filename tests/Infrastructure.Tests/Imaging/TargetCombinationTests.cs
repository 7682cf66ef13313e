using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>The real engine makes any sizes and formats together that a caller requests together.</summary>
public sealed class TargetCombinationTests : IDisposable
{
    private static readonly ThumbnailSpec Large = new("L", Geometry.Parse("40x40>"), extent: null, quality: 90);
    private static readonly ThumbnailSpec LargeOnceMore = new("M", Geometry.Parse("40x40>"), extent: null, quality: 50);
    private static readonly ThumbnailSpec Square = new("S", Geometry.Parse("16x16^"), new PixelSize(16, 16), quality: 90);
    private static readonly ThumbnailSpec Part = new GeometryCase(["-crop", "30x20+10+5", "-resize", "12x12"]).ToSpec("P");

    private static readonly Dictionary<string, ThumbnailSpec[]> Specs = new()
    {
        ["one size"] = [Large],
        ["two sizes"] = [Large, Square],
        ["two sizes that are alike"] = [LargeOnceMore, Large],
        ["a size and a part"] = [Part, Large],
        ["all of them"] = [Large, LargeOnceMore, Square, Part],
    };

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            TheoryData<string, string, string> cases = [];
            foreach (string picture in new[] { "jpg", "png", "gif", "animated gif", "svg" })
            {
                foreach (string specs in Specs.Keys)
                {
                    foreach (string formats in new[] { "base", "webp", "avif", "base webp", "base avif", "avif webp", "webp base avif" })
                    {
                        cases.Add(picture, specs, formats);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Are_made_in_one_job(string picture, string specs, string formats)
    {
        (byte[] file, ImageFormat format, int frames) = Original(picture);
        ThumbnailTarget[] targets =
        [
            .. from word in formats.Split(' ')
               let target = word == "base" ? format.ThumbnailFormat : word == "webp" ? ImageFormat.WebP : ImageFormat.Avif
               from spec in Specs[specs]
               select new ThumbnailTarget(spec, target, _bench.Folder.File($"{spec.Suffix}.{target}")),
        ];

        IReadOnlyList<PixelSize> sizes = (await _bench.Processor.MakeThumbnailsAsync(_bench.Folder.Write("original", file), format, null, targets, default)).Sizes;

        sizes.Should().Equal(targets.Select(target => target.Spec.SizeOf(new PixelSize(60, 40))));
        for (int i = 0; i < targets.Length; i++)
        {
            ShouldBe(File.ReadAllBytes(targets[i].Path), targets[i].Format, sizes[i], frames);
        }
    }

    // WebP and AVIF are never read here; in CropAndTurnTests another program looks at their pixels.
    private static void ShouldBe(byte[] file, ImageFormat format, PixelSize size, int frames)
    {
        if (format == ImageFormat.WebP)
        {
            file.AsSpan(8, 4).SequenceEqual("WEBP"u8).Should().BeTrue();
        }
        else if (format == ImageFormat.Avif)
        {
            file.AsSpan(4, 8).SequenceEqual("ftypavif"u8).Should().BeTrue();
        }
        else if (format == ImageFormat.Gif)
        {
            using Image animation = Image.GifloadBuffer(file, n: -1);
            (animation.Width, animation.Height).Should().Be((size.Width, size.Height * frames));
        }
        else
        {
            Look.SizeOf(file).Should().Be((size.Width, size.Height));
        }
    }

    private static (byte[] File, ImageFormat Format, int Frames) Original(string picture) => picture switch
    {
        "jpg" => (Pictures.Jpeg(60, 40), ImageFormat.Jpeg, 1),
        "png" => (Pictures.Png(60, 40), ImageFormat.Png, 1),
        "gif" => (Still(), ImageFormat.Gif, 1),
        "animated gif" => (Pictures.AnimatedGif(60, 40, [100, 200, 300], loops: 0), ImageFormat.Gif, 3),
        _ => (Pictures.SvgBytes(60, 40), ImageFormat.Svg, 1),
    };

    private static byte[] Still()
    {
        using Image image = Pictures.Quadrants(60, 40);
        return image.GifsaveBuffer(dither: 0);
    }
}
