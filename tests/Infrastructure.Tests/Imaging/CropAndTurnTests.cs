using System.Diagnostics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Tests.Imaging.Formats;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

public sealed class CropAndTurnTests : IDisposable
{
    private readonly Workbench _bench = new();

    public static TheoryData<int> Orientations => [.. Enumerable.Range(1, 8)];

    public static TheoryData<string, string> PicturesAndRotations
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach (string format in new[] { "jpg", "png", "gif" })
            {
                foreach (string rotation in new[] { "90", "-90", "180" })
                {
                    rows.Add(format, rotation);
                }
            }

            return rows;
        }
    }

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Orientations))]
    public async Task A_crop_is_in_pixels_of_the_upright_picture(int orientation)
    {
        // The right half of the left half, both rows: red above blue.
        (PixelSize size, byte[] file) = await MakeAsync(Pictures.OrientedJpeg(120, 80, orientation), ImageFormat.Jpeg, "30x80+25+0");

        size.Should().Be(new PixelSize(30, 80));
        ShouldBe(Look.AtQuadrants(file), [Pictures.Red, Pictures.Red, Pictures.Blue, Pictures.Blue]);
    }

    [Theory]
    [InlineData("60x40+90+60", 30, 20)]
    [InlineData("60x40-30-20", 30, 20)]
    public async Task What_a_crop_shows_beyond_the_picture_is_cut_away(string crop, int width, int height) =>
        (await MakeAsync(Pictures.Jpeg(120, 80), ImageFormat.Jpeg, crop)).Size.Should().Be(new PixelSize(width, height));

    [Fact]
    public async Task A_crop_wholly_outside_is_refused()
    {
        Func<Task> act = () => MakeAsync(Pictures.Jpeg(120, 80), ImageFormat.Jpeg, "10x10+120+0");

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("bad_crop");
    }

    [Fact]
    public async Task Of_a_large_photo_the_cropped_area_is_exact()
    {
        // Shrinking during the decode would round the sides of a small area.
        (PixelSize size, byte[] file) = await MakeAsync(Pictures.Jpeg(4000, 3000), ImageFormat.Jpeg, "101x51+1949+1474");

        size.Should().Be(new PixelSize(101, 51));
        ShouldBe(Look.AtQuadrants(file), Pictures.QuadrantColours);
    }

    [Fact]
    public async Task Of_an_animation_every_frame_is_cropped()
    {
        (PixelSize size, byte[] file) = await MakeAsync(Pictures.AnimatedGif(40, 30, [100, 200, 300], 0), ImageFormat.Gif, "10x20+5+5");

        size.Should().Be(new PixelSize(10, 20));
        using Image frames = Image.NewFromBuffer(file, "n=-1");
        frames.Height.Should().Be(60);
    }

    [Fact]
    public async Task Of_a_drawing_the_rendered_picture_is_cropped_at_its_natural_size()
    {
        (PixelSize size, byte[] file) = await MakeAsync(Pictures.SvgBytes(120, 80), ImageFormat.Svg, "60x40+60+0");

        size.Should().Be(new PixelSize(60, 40));
        ShouldBe(Look.AtQuadrants(file), [Pictures.Green, Pictures.Green, Pictures.Green, Pictures.Green]);
    }

    [Theory]
    [MemberData(nameof(PicturesAndRotations))]
    public async Task An_original_is_turned(string extension, string rotation)
    {
        ImageFormat.TryFromExtension(extension, out ImageFormat? format);
        byte[] original = extension switch
        {
            "jpg" => Pictures.Jpeg(120, 80),
            "png" => Pictures.Png(120, 80),
            _ => StillGif(120, 80),
        };

        byte[] turned = await TurnAsync(original, format!, Rotation.Parse(rotation));

        Look.SizeOf(turned).Should().Be(rotation == "180" ? (120, 80) : (80, 120));
        Rgb[] expected = rotation switch
        {
            "90" => [Pictures.Blue, Pictures.Red, Pictures.Pale, Pictures.Green],
            "-90" => [Pictures.Green, Pictures.Pale, Pictures.Red, Pictures.Blue],
            _ => [Pictures.Pale, Pictures.Blue, Pictures.Green, Pictures.Red],
        };
        ShouldBe(Look.AtQuadrants(turned), expected);
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    [Trait("fault", "c2c-9")]
    public async Task Turned_upright_the_orientation_is_reset_and_the_rest_of_the_metadata_stays(int orientation)
    {
        byte[] upright = await TurnAsync(Pictures.OrientedJpeg(120, 80, orientation), ImageFormat.Jpeg, null);

        using Image image = Image.NewFromBuffer(upright);
        (image.Contains("orientation") ? (int)image.Get("orientation") : 1).Should().Be(1);
        image.GetFields().Should().Contain("exif-ifd0-Artist");
        Look.SizeOf(upright).Should().Be((120, 80));
        ShouldBe(Look.AtQuadrants(upright), Pictures.QuadrantColours);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(75)]
    [InlineData(85)]
    [InlineData(92)]
    [InlineData(100)]
    public async Task A_turned_JPEG_has_the_quality_and_chroma_of_its_source(int quality)
    {
        foreach (bool fullChroma in new[] { true, false })
        {
            using Image picture = Pictures.Noise(200, 120);
            byte[] original = picture.JpegsaveBuffer(q: quality, subsampleMode: fullChroma ? Enums.ForeignSubsample.Off : Enums.ForeignSubsample.On);

            byte[] turned = await TurnAsync(original, ImageFormat.Jpeg, Rotation.Clockwise);

            Walks.ThroughJpeg(turned).Quality.Should().Be(quality);
            using Image image = Image.NewFromBuffer(turned);
            image.Get("jpeg-chroma-subsample").Should().Be(fullChroma ? "4:4:4" : "4:2:0");
        }
    }

    [Fact]
    public async Task A_turned_animation_keeps_its_frames_delays_and_loops()
    {
        byte[] turned = await TurnAsync(Pictures.AnimatedGif(40, 30, [100, 200, 300], 5), ImageFormat.Gif, Rotation.Clockwise);

        using Image frames = Image.NewFromBuffer(turned, "n=-1");
        (frames.Width, frames.Height).Should().Be((30, 120));
        frames.Get("delay").Should().BeEquivalentTo(new[] { 100, 200, 300 });
        frames.Get("loop").Should().Be(5);
    }

    [Fact]
    public async Task A_turned_animation_keeps_frames_that_look_alike()
    {
        using Image flat = Pictures.Flat(40, 30, Pictures.Red);
        using Image joined = Image.Arrayjoin([flat, flat, flat], across: 1);
        using Image animation = joined.Mutate(tags =>
        {
            tags.Set(GValue.GIntType, "page-height", 30);
            tags.Set(GValue.ArrayIntType, "delay", new[] { 100, 200, 300 });
        });

        byte[] turned = await TurnAsync(animation.GifsaveBuffer(keepDuplicateFrames: true), ImageFormat.Gif, Rotation.Clockwise);

        using Image frames = Image.NewFromBuffer(turned, "n=-1");
        frames.Get("delay").Should().BeEquivalentTo(new[] { 100, 200, 300 }, "it is an original, of which nothing is left out");
    }

    [Theory]
    [InlineData("tiff:Orientation=\"6\"", "tiff:Orientation=\"1\"")]
    [InlineData("tiff:Orientation = '8'", "tiff:Orientation = '1'")]
    [InlineData("><tiff:Orientation>6</tiff:Orientation></rdf:Description", "<tiff:Orientation>1</tiff:Orientation>")]
    public async Task Turned_no_orientation_of_XMP_is_left_either(string before, string after)
    {
        string packet = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
            + $"<rdf:Description xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"5\" {before}></rdf:RDF></x:xmpmeta>";
        byte[] jpeg = Pictures.InsertAfterStart(
            Pictures.OrientedJpeg(120, 80, 6), Pictures.Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. System.Text.Encoding.UTF8.GetBytes(packet)]));
        byte[] png = Pictures.InsertAfterHeader(
            Pictures.Png(120, 80), Pictures.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. System.Text.Encoding.UTF8.GetBytes(packet)]));

        foreach ((byte[] file, ImageFormat format) in new[] { (jpeg, ImageFormat.Jpeg), (png, ImageFormat.Png) })
        {
            using Image image = Image.NewFromBuffer(await TurnAsync(file, format, format == ImageFormat.Png ? Rotation.Clockwise : null));
            string turned = System.Text.Encoding.Latin1.GetString((byte[])image.Get("xmp-data"));

            turned.Should().Contain(after).And.Contain("xmp:Rating=\"5\"").And.NotContain(before);
        }
    }

    [Fact]
    public async Task Turned_no_preview_is_left_that_shows_the_picture_unturned()
    {
        byte[] preview = [.. "PREVIEW"u8, .. Pictures.Jpeg(16, 12)];
        byte[] photoshop = [.. "Photoshop 3.0\0"u8, .. Resource(0x0404, [0x1C, 2, 0x78, 0, 7, .. "CAPTION"u8]), .. Resource(0x040C, preview), .. Resource(0x0409, preview)];
        string xmp = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"5\">"
            + "<xmp:Thumbnails><rdf:Alt><rdf:li>PREVIEW</rdf:li></rdf:Alt></xmp:Thumbnails></rdf:Description></rdf:RDF></x:xmpmeta>";
        byte[] file = Pictures.InsertAfterStart(
            Pictures.Jpeg(120, 80),
            Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. ExifWriter.Photo(true, 1, preview)]),
            Pictures.Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. System.Text.Encoding.UTF8.GetBytes(xmp)]),
            Pictures.Segment(0xED, photoshop));

        string turned = System.Text.Encoding.Latin1.GetString(await TurnAsync(file, ImageFormat.Jpeg, Rotation.Clockwise));

        turned.Should().NotContain("PREVIEW");
        turned.Should().Contain("CAPTION").And.Contain("SECRET-OWNER").And.Contain("xmp:Rating");

        static byte[] Resource(ushort id, byte[] content)
        {
            byte[] head = [.. "8BIM"u8, (byte)(id >> 8), (byte)id, 0, 0, 0, 0, (byte)(content.Length >> 8), (byte)content.Length];
            return [.. head, .. content, .. new byte[content.Length % 2]];
        }
    }

    [Fact]
    public async Task A_JPEG_that_is_cut_off_is_not_turned()
    {
        Func<Task> act = () => TurnAsync(Pictures.CutOff(Pictures.Jpeg(400, 300)), ImageFormat.Jpeg, Rotation.Half);

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("broken_image");
    }

    // Another program looks at them: the service decodes neither format, and its loaders for them are off.
    [NeedsToolFact("/usr/bin/convert")]
    public async Task WebP_and_AVIF_show_the_same_picture_without_metadata()
    {
        foreach (ImageFormat modern in new[] { ImageFormat.WebP, ImageFormat.Avif })
        {
            await ShouldShowAsync(ImageFormat.Jpeg, Pictures.OrientedJpeg(120, 80, 6, gps: true), modern, Pictures.QuadrantColours);
            await ShouldShowAsync(ImageFormat.Png, Pictures.Png(120, 80), modern, Pictures.QuadrantColours);
            await ShouldShowAsync(ImageFormat.Svg, Pictures.SvgBytes(120, 80), modern, Pictures.QuadrantColours);
            // The first frame of an animation.
            await ShouldShowAsync(
                ImageFormat.Gif, Pictures.AnimatedGif(120, 80, [100, 100, 100], 0), modern, [Pictures.Red, Pictures.Red, Pictures.Red, Pictures.Red]);
        }
    }

    private static byte[] StillGif(int width, int height)
    {
        using Image image = Pictures.Quadrants(width, height);
        return image.GifsaveBuffer(dither: 0);
    }

    private async Task ShouldShowAsync(ImageFormat format, byte[] original, ImageFormat modern, Rgb[] expected)
    {
        ThumbnailTarget target = new(ThumbnailSet.Default.Specs[1], modern, _bench.Folder.File($"made.{modern}"));
        IReadOnlyList<PixelSize> sizes = (await _bench.Processor.MakeThumbnailsAsync(
            _bench.Folder.Write("original", original), format, null, [target], default)).Sizes;

        sizes.Should().Equal(new PixelSize(120, 80));
        byte[] file = File.ReadAllBytes(target.Path);
        file.AsSpan().IndexOf("SECRET-OWNER"u8).Should().Be(-1);
        file.AsSpan().IndexOf("Exif"u8).Should().Be(-1);
        string png = _bench.Folder.File("seen.png");
        using Process convert = Process.Start("/usr/bin/convert", [target.Path, png]);
        await convert.WaitForExitAsync();
        convert.ExitCode.Should().Be(0);
        ShouldBe(Look.AtQuadrants(File.ReadAllBytes(png)), expected);
    }

    private static void ShouldBe(Rgb[] seen, Rgb[] expected)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            int difference = new[] { seen[i].R - expected[i].R, seen[i].G - expected[i].G, seen[i].B - expected[i].B }.Max(Math.Abs);
            difference.Should().BeLessThanOrEqualTo(24, "quadrant {0} is {1} and should be {2}", i, seen[i], expected[i]);
        }
    }

    private async Task<(PixelSize Size, byte[] File)> MakeAsync(byte[] original, ImageFormat format, string crop)
    {
        string path = _bench.Folder.Write("original", original);
        ThumbnailTarget[] targets = _bench.Targets(format);
        IReadOnlyList<PixelSize> sizes = (await _bench.Processor.MakeThumbnailsAsync(path, format, CropArea.Parse(crop), targets, default)).Sizes;
        sizes[2].Should().Be(new PixelSize(200, 200));
        return (sizes[0], File.ReadAllBytes(targets[0].Path));
    }

    private async Task<byte[]> TurnAsync(byte[] original, ImageFormat format, Rotation? rotation)
    {
        string destination = _bench.Folder.File("turned-original");
        await _bench.Processor.TurnAsync(_bench.Folder.Write("original", original), format, rotation, destination, default);
        return File.ReadAllBytes(destination);
    }
}
