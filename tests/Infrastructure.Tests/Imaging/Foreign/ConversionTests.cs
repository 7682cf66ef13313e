using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Foreign;

/// <summary>What becomes of photos in WebP and AVIF.</summary>
public sealed class ConversionTests : IDisposable
{
    private const int Levels = 3;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string, int> Orientations()
    {
        TheoryData<string, int> rows = [];
        foreach (string way in new[] { "WebP with EXIF", "AVIF with EXIF", "AVIF with its own", "AVIF with both" })
        {
            for (int orientation = 1; orientation <= 8; orientation++)
            {
                rows.Add(way, orientation);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public async Task Stands_upright_and_says_so(string way, int orientation)
    {
        using Image stored = Image.NewFromBuffer(Pictures.OrientedJpeg(120, 80, orientation)); // as stored: EXIF is not applied
        byte[] exif = ExifWriter.Photo(isBigEndian: false, (ushort)orientation);
        using Image bare = stored.Mutate(changes => changes.Remove("exif-data"));
        byte[] photo = way switch
        {
            "WebP with EXIF" => ForeignPictures.WithChunks(bare.WebpsaveBuffer(q: 95, keep: Enums.ForeignKeep.None), ("EXIF", exif)),
            "AVIF with EXIF" => ForeignPictures.Container(ForeignPictures.Avif(bare)).WithExif(exif).Build(),
            "AVIF with its own" => ForeignPictures.Container(ForeignPictures.Avif(bare), HeifBuilder.Transforms(orientation)).Build(),
            _ => ForeignPictures.Container(ForeignPictures.Avif(bare), HeifBuilder.Transforms(orientation)).WithExif(exif).Build(),
        };

        (Inspection found, byte[] converted) = await ConvertAsync(photo);

        found.Header!.Size.Should().Be(new PixelSize(120, 80));
        Look.SizeOf(converted).Should().Be((120, 80));
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
        ExifOf(converted)!.FindOrientation().Should().Be(1);
    }

    [Theory]
    [InlineData("lossy WebP", false)]
    [InlineData("lossless WebP", true)]
    [InlineData("AVIF", true)]
    [InlineData("AVIF of less colour", false)]
    public async Task Is_a_JPEG_with_the_chroma_of_its_source(string kind, bool isFull)
    {
        (_, byte[] converted) = await ConvertAsync(kind switch
        {
            "lossy WebP" => ForeignPictures.WebP(),
            "lossless WebP" => ForeignPictures.WebP(isLossless: true),
            "AVIF" => ForeignPictures.Avif(),
            _ => ForeignPictures.Avif(hasFullChroma: false),
        });

        using Image jpeg = Image.JpegloadBuffer(converted);
        JpegChroma.IsFull(jpeg).Should().Be(isFull);
        JpegWalk.Through(new MemoryStream(converted)).Quality.Should().Be(92);
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    public async Task Has_8_bits_with_the_same_colours(int bits)
    {
        (_, byte[] converted) = await ConvertAsync(ForeignPictures.Avif(bits: bits));

        using Image jpeg = Image.JpegloadBuffer(converted);
        jpeg.Format.Should().Be(Enums.BandFormat.Uchar);
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_a_PNG_if_it_is_transparent(bool isWebP)
    {
        using Image picture = Image.NewFromBuffer(Pictures.TransparentPng(120, 80));

        (_, byte[] converted) = await ConvertAsync(isWebP ? ForeignPictures.TransparentWebP() : ForeignPictures.Avif(picture));

        converted.AsSpan(1, 3).SequenceEqual("PNG"u8).Should().BeTrue();
        Look.AtQuadrants(converted).ShouldLookLike([Pictures.Red, Pictures.Green, Pictures.Blue, Pictures.White], Levels);
        Look.PixelAt(converted, 90, 60)[3].Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_a_JPEG_if_its_transparency_is_not_used(bool isWebP)
    {
        using Image opaque = Pictures.Quadrants(120, 80);
        using Image picture = opaque.Bandjoin(255);

        (_, byte[] converted) = await ConvertAsync(isWebP ? ForeignPictures.OpaqueWebP() : ForeignPictures.Avif(picture));

        converted[0].Should().Be(0xFF);
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
    }

    [Theory]
    [InlineData("jpg", true)]
    [InlineData("jpg", false)]
    [InlineData("png", true)]
    [InlineData("png", false)]
    public async Task Is_what_was_asked_for(string extension, bool isTransparent)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? into).Should().BeTrue();

        (_, byte[] converted) = await ConvertAsync(isTransparent ? ForeignPictures.TransparentWebP() : ForeignPictures.WebP(), into);

        Inspection again = await _bench.Processor.InspectAsync(_bench.Folder.Write("again", converted), null, default);
        again.Format.Should().Be(into);
        Look.AtQuadrants(converted).ShouldLookLike(isTransparent ? [.. Pictures.QuadrantColours[..3], Pictures.White] : Pictures.QuadrantColours, Levels);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Keeps_date_place_and_colour_profile(bool isWebP, bool isTransparent)
    {
        byte[] exif = ExifWriter.Photo(isBigEndian: true);
        using Image p3 = Image.NewFromBuffer(Pictures.Jpeg(8, 8)).IccTransform("p3");
        byte[] icc = (byte[])p3.Get("icc-profile-data");
        using Image transparent = Image.NewFromBuffer(Pictures.TransparentPng(120, 80));
        byte[] photo = isWebP
            ? ForeignPictures.WithChunks(isTransparent ? ForeignPictures.TransparentWebP() : ForeignPictures.WebP(), ("ICCP", icc), ("EXIF", exif))
            : WithAlphaOf(isTransparent ? Alpha(transparent) : null, [HeifBuilder.Profile(icc)]).WithExif(exif).Build();

        (Inspection found, byte[] converted) = await ConvertAsync(photo);

        PhotoFacts facts = ExifFacts.Of(exif);
        facts.Gps.Should().NotBeNull();
        found.Header!.Facts.Should().Be(facts);
        string path = _bench.Folder.Write("again", converted);
        Inspection again = await _bench.Processor.InspectAsync(path, null, default);
        again.Format.Should().Be(isTransparent ? ImageFormat.Png : ImageFormat.Jpeg);
        again.Header!.Facts.Should().Be(facts);
        using Image image = Image.NewFromBuffer(converted);
        ((byte[])image.Get("icc-profile-data")).Should().Equal(icc);
    }

    [Fact]
    public async Task Has_a_profile_where_an_AVIF_says_its_colours_in_codes()
    {
        (_, byte[] converted) = await ConvertAsync(
            ForeignPictures.Container(ForeignPictures.Avif(), HeifBuilder.Colours(primaries: 12, transfer: 13, matrix: 6, isFullRange: true)).Build());

        using Image image = Image.NewFromBuffer(converted);
        image.Contains("icc-profile-data").Should().BeTrue();
        byte[] red = await BigOfAsync(converted);
        Look.AtQuadrants(red)[0].R.Should().BeGreaterThan(Pictures.Red.R + 8, "red of Display P3 is more than red of sRGB");
    }

    [Theory]
    [InlineData(16, 0.58)] // PQ: 203 cd/m2 is 58 %, and half of the light of the brightest white
    [InlineData(18, 0.75)] // HLG: 75 %
    public async Task Is_brought_to_ordinary_white_if_it_is_HDR(int transfer, double white)
    {
        using Image flat = Pictures.Flat(64, 64, Pictures.White);
        using Image grey = flat.Linear([white], [0], uchar: true);
        using Image srgb = grey.Copy(interpretation: Enums.Interpretation.Srgb);
        byte[] hdr = ForeignPictures.Container(ForeignPictures.Avif(srgb, bits: 10), HeifBuilder.Colours(9, transfer, 6, isFullRange: true)).Build();
        byte[] brightest = ForeignPictures.Container(
            ForeignPictures.Avif(flat, bits: 10), HeifBuilder.Colours(9, transfer, 6, isFullRange: true)).Build();

        (_, byte[] converted) = await ConvertAsync(hdr);
        (_, byte[] top) = await ConvertAsync(brightest);

        using Image image = Image.NewFromBuffer(converted);
        image.Contains("icc-profile-data").Should().BeFalse("a reader of 8 bits could not apply it");
        Look.AtQuadrants(converted)[0].R.Should().BeInRange(178, 198, "half of the light is 188 of sRGB");
        Look.AtQuadrants(top)[0].R.Should().BeGreaterThan(252);
    }

    [Fact]
    public async Task Shows_the_main_picture_of_several()
    {
        HeifBuilder several = ForeignPictures.Container(ForeignPictures.Avif(64, 64));
        using Image blue = Pictures.Flat(120, 80, Pictures.Blue);
        several.Main = several.Add(HeifBuilder.Open(ForeignPictures.Avif(blue)));
        int preview = several.Add(HeifBuilder.Open(ForeignPictures.Avif(64, 64)));
        several.Refer("thmb", preview, several.Main);

        (Inspection found, byte[] converted) = await ConvertAsync(several.Build());

        found.Header!.Size.Should().Be(new PixelSize(120, 80));
        Look.AtQuadrants(converted).ShouldLookLike([Pictures.Blue, Pictures.Blue, Pictures.Blue, Pictures.Blue], Levels);
    }

    [Fact]
    public async Task Is_put_together_from_its_tiles()
    {
        HeifBuilder builder = new();
        int[] tiles = [.. Pictures.QuadrantColours.Select(colour =>
        {
            using Image tile = Pictures.Flat(64, 64, colour);
            return builder.Add(HeifBuilder.Open(ForeignPictures.Avif(tile)));
        })];

        (Inspection found, byte[] converted) = await ConvertAsync(builder.WithGrid(2, 2, 128, 128, tiles).Build());

        found.Header!.Size.Should().Be(new PixelSize(128, 128));
        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
    }

    [Theory]
    [InlineData("EXIF")]
    [InlineData("XMP ")]
    public async Task Loses_metadata_that_no_JPEG_holds(string chunk)
    {
        (_, byte[] converted) = await ConvertAsync(ForeignPictures.WithChunks(ForeignPictures.WebP(), (chunk, Encoding.ASCII.GetBytes("II*\0\u0008" + new string(' ', 70_000)))));

        Look.AtQuadrants(converted).ShouldLookLike(Pictures.QuadrantColours, Levels);
    }

    internal static HeifBuilder WithAlphaOf(byte[]? alpha, byte[][] properties)
    {
        HeifBuilder builder = ForeignPictures.Container(ForeignPictures.Avif(), properties);
        return alpha is null ? builder : builder.Refer("auxl", builder.Add(HeifBuilder.Open(alpha), HeifBuilder.Alpha()), 1);
    }

    internal static byte[] Alpha(Image transparent)
    {
        using Image alpha = transparent[3];
        using Image grey = alpha.Copy(interpretation: Enums.Interpretation.Bw);
        return ForeignPictures.Avif(grey, hasFullChroma: false);
    }

    private async Task<(Inspection Found, byte[] Converted)> ConvertAsync(byte[] photo, ImageFormat? into = null)
    {
        string path = _bench.Folder.Write("photo", photo);
        string destination = _bench.Folder.File("converted");
        Inspection found = await _bench.Processor.InspectAsync(path, null, default);
        await _bench.Processor.ConvertAsync(path, found.Format, into, destination, default);
        return (found, File.ReadAllBytes(destination));
    }

    private async Task<byte[]> BigOfAsync(byte[] jpeg) => (await _bench.MakeAsync(jpeg, ImageFormat.Jpeg)).Big;

    private static ExifBlock? ExifOf(byte[] jpeg) => JpegWalk.Through(new MemoryStream(jpeg)).Exif is { } exif ? ExifBlock.TryOpen(exif) : null;
}
