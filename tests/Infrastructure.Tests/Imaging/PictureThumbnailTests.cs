using System.Text;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>What thumbnails of real pictures look like.</summary>
public sealed class PictureThumbnailTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(99)]
    public async Task Are_upright_whatever_the_orientation(int orientation)
    {
        Made made = await _bench.MakeAsync(Pictures.OrientedJpeg(620, 410, orientation), ImageFormat.Jpeg);

        made.Header.Size.Should().Be(new PixelSize(620, 410));
        made.Sizes.Should().Equal(Made.ExpectedSizes(new PixelSize(620, 410)));
        made.Files.Should().AllSatisfy(file => Look.AtQuadrants(file).ShouldLookLike(Pictures.QuadrantColours));
    }

    [Theory]
    [InlineData(620, 410)]
    [InlineData(1601, 1067)]
    [InlineData(1067, 1601)]
    [InlineData(3001, 1999)] // shrunk while it is loaded
    [InlineData(401, 400)]
    [InlineData(200, 200)]
    [InlineData(199, 31)]
    [InlineData(7, 5)]
    public async Task Have_the_sizes_of_the_geometry_to_the_pixel(int width, int height)
    {
        Made made = await _bench.MakeAsync(Pictures.Jpeg(width, height), ImageFormat.Jpeg);

        PixelSize[] expected = Made.ExpectedSizes(new PixelSize(width, height));
        made.Sizes.Should().Equal(expected);
        made.Files.Select(Look.SizeOf).Should().Equal(expected.Select(size => (size.Width, size.Height)));
    }

    [Fact]
    public async Task Have_sizes_of_the_turned_picture()
    {
        Made made = await _bench.MakeAsync(Pictures.OrientedJpeg(1067, 1601, orientation: 6), ImageFormat.Jpeg);

        made.Files.Select(Look.SizeOf).Should().Equal((1000, 1500), (267, 400), (200, 200));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8000)]
    [InlineData(8000, 1)]
    public async Task Are_made_of_strips_and_single_pixels(int width, int height)
    {
        using Image flat = Pictures.Flat(width, height, Pictures.Red);

        Made made = await _bench.MakeAsync(flat.PngsaveBuffer(), ImageFormat.Png);

        made.Sizes.Should().Equal(Made.ExpectedSizes(new PixelSize(width, height)));
        made.Files.Should().AllSatisfy(file => Look.AtQuadrants(file).Should().AllSatisfy(colour => colour.DistanceTo(Pictures.Red).Should().BeLessThan(3)));
    }

    [Fact]
    public async Task Show_wide_gamut_colours_as_srgb()
    {
        // The same numbers mean more vivid colours in Display P3; computed with its matrix, and clipped.
        Rgb[] inSrgb = [new(239, 0, 0), new(0, 183, 0), new(30, 30, 228), Pictures.Pale];
        using Image image = Pictures.Quadrants(620, 410);

        Made made = await _bench.MakeAsync(Pictures.Jpeg(image, profile: Image.ProfileLoad("p3")), ImageFormat.Jpeg);

        made.Files.Should().AllSatisfy(file => Look.AtQuadrants(file).ShouldLookLike(inSrgb, tolerance: 10));
    }

    [Fact]
    public async Task Take_a_broken_colour_profile_for_none()
    {
        using Image image = Pictures.Quadrants(620, 410);
        byte[] profile = Image.ProfileLoad("p3");
        byte[] cut = profile[..200];
        byte[] png = Pictures.InsertAfterHeader(
            image.PngsaveBuffer(), Pictures.Chunk("iCCP", [.. "broken\0\0"u8, .. Pictures.Deflate(cut)]));

        byte[] lacking = [.. profile];
        "xTRC"u8.CopyTo(lacking.AsSpan(lacking.AsSpan().IndexOf("rTRC"u8)));

        Made ofJpeg = await _bench.MakeAsync(Pictures.Jpeg(image, profile: cut), ImageFormat.Jpeg);
        Made ofLacking = await _bench.MakeAsync(Pictures.Jpeg(image, profile: lacking), ImageFormat.Jpeg);
        Made ofPng = await _bench.MakeAsync(png, ImageFormat.Png);

        ofJpeg.Files.Concat(ofLacking.Files).Concat(ofPng.Files).Should().AllSatisfy(file => Look.AtQuadrants(file).ShouldLookLike(Pictures.QuadrantColours));
    }

    [Theory]
    [InlineData("cmyk", Enums.Interpretation.Srgb)]
    [InlineData("p3", Enums.Interpretation.Bw)]
    public async Task Take_a_profile_of_other_colours_than_the_picture_s_for_none(string profile, Enums.Interpretation interpretation)
    {
        using Image colours = Pictures.Quadrants(620, 410);
        using Image image = colours.Colourspace(interpretation);
        byte[] jpeg = Pictures.Jpeg(image, profile: Image.ProfileLoad(profile));

        Made made = await _bench.MakeAsync(jpeg, ImageFormat.Jpeg);

        made.Files.Should().AllSatisfy(file => Look.AtQuadrants(file).ShouldLookLike(Look.AtQuadrants(jpeg), tolerance: 6));
    }

    [Fact]
    public async Task Show_the_white_of_cmyk_as_white_and_its_black_as_black()
    {
        // No ink on the left, all of it on the right.
        using Image paper = Image.Black(620, 410, bands: 4);
        using Image inked = paper.Mutate(pixels => pixels.DrawRect([255, 255, 255, 255], 310, 0, 310, 410, fill: true));
        using Image cmyk = inked.Copy(interpretation: Enums.Interpretation.Cmyk);

        Made made = await _bench.MakeAsync(cmyk.JpegsaveBuffer(q: 95, keep: Enums.ForeignKeep.None), ImageFormat.Jpeg);

        foreach (byte[] file in made.Files)
        {
            Rgb[] seen = Look.AtQuadrants(file);
            seen[0].DistanceTo(Pictures.White).Should().BeLessThan(5);
            seen[1].DistanceTo(new Rgb(0, 0, 0)).Should().BeLessThan(60, "libvips' own CMYK profile has no deeper black");
        }
    }

    [Fact]
    public async Task Keep_grey_grey()
    {
        using Image colours = Pictures.Quadrants(620, 410);
        using Image grey = colours.Colourspace(Enums.Interpretation.Bw);
        byte[] jpeg = grey.JpegsaveBuffer(q: 95, keep: Enums.ForeignKeep.None);

        Made made = await _bench.MakeAsync(jpeg, ImageFormat.Jpeg);

        made.Files.Should().AllSatisfy(file =>
        {
            Look.AtQuadrants(file).ShouldLookLike(Look.AtQuadrants(jpeg), tolerance: 4);
            Look.PixelAt(file, 0, 0).Should().ContainSingle("one band is enough for grey");
        });
    }

    [Fact]
    [Trait("fault", "c2c-16")]
    public async Task Carry_nothing_of_the_file_but_its_pixels()
    {
        using Image image = Pictures.Quadrants(620, 410);
        byte[] note = Encoding.ASCII.GetBytes("SECRET-OWNER was here");
        byte[] xmp = [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. note];
        byte[] iptc = [.. "Photoshop 3.0\0"u8, .. note];
        byte[] jpeg = Pictures.InsertAfterStart(
            Pictures.Jpeg(image, profile: Image.ProfileLoad("srgb")),
            Pictures.Segment(0xE1, Pictures.Exif(orientation: 1, gps: true)),
            Pictures.Segment(0xE1, xmp),
            Pictures.Segment(0xED, iptc),
            Pictures.Segment(0xFE, note));
        byte[] png = Pictures.InsertAfterHeader(
            image.PngsaveBuffer(),
            Pictures.Chunk("tEXt", [.. "Comment\0"u8, .. note]),
            Pictures.Chunk("eXIf", Pictures.Exif(orientation: 1, gps: true)[6..]),
            Pictures.Chunk("iCCP", [.. "srgb\0\0"u8, .. Pictures.Deflate(Image.ProfileLoad("srgb"))]));
        byte[] gif = Pictures.AnimatedGif(620, 410, [100, 100, 100], loops: 0);
        byte[] commented = [.. gif[..13], .. gif[13..(13 + ColourTableOf(gif))], 0x21, 0xFE, (byte)note.Length, .. note, 0, .. gif[(13 + ColourTableOf(gif))..]];

        Made[] all =
        [
            await _bench.MakeAsync([.. jpeg, .. note], ImageFormat.Jpeg),
            await _bench.MakeAsync([.. png, .. note], ImageFormat.Png),
            await _bench.MakeAsync([.. commented, .. note], ImageFormat.Gif),
        ];

        all.SelectMany(made => made.Files).Should().AllSatisfy(file =>
        {
            Look.ExtrasOf(file).Should().BeEmpty();
            Encoding.Latin1.GetString(file).Should().NotContain("SECRET-OWNER");
        });

        static int ColourTableOf(byte[] gif) => (gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1);
    }

    [Fact]
    public async Task Are_the_same_to_the_byte_whatever_else_the_file_says()
    {
        byte[] plain = Pictures.Jpeg(620, 410);
        byte[] told = Pictures.InsertAfterStart(
            plain,
            Pictures.Segment(0xE0, [.. "JFIF\0"u8, 1, 1, 1, 0x01, 0x2C, 0x01, 0x2C, 0, 0]), // 300 dots an inch
            Pictures.Segment(0xE1, Pictures.Exif(orientation: 1, gps: true)));
        byte[] plainPng = Pictures.Png(620, 410);
        byte[] resolution = Pictures.Chunk("pHYs", [0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, 1]);
        byte[] toldPng = [.. plainPng];
        resolution.CopyTo(toldPng, plainPng.AsSpan().IndexOf("pHYs"u8) - 4);

        (await FilesAsync(told, ImageFormat.Jpeg)).Should().Equal(await FilesAsync(plain, ImageFormat.Jpeg));
        (await FilesAsync(toldPng, ImageFormat.Png)).Should().Equal(await FilesAsync(plainPng, ImageFormat.Png));

        async Task<IEnumerable<string>> FilesAsync(byte[] file, ImageFormat format) =>
            (await _bench.MakeAsync(file, format)).Files.Select(Convert.ToHexString);
    }

    [Theory]
    [InlineData(Enums.BandFormat.Uchar)]
    [InlineData(Enums.BandFormat.Ushort)]
    public async Task Keep_what_is_transparent_in_png(Enums.BandFormat depth)
    {
        Made made = await _bench.MakeAsync(Pictures.TransparentPng(620, 410, depth), ImageFormat.Png);

        made.Files.Should().AllSatisfy(file =>
        {
            (int width, int height) = Look.SizeOf(file);
            Look.PixelAt(file, width * 3 / 4, height * 3 / 4).Should().HaveCount(4).And.HaveElementAt(3, 0);
            Look.PixelAt(file, width / 4, height / 4).Should().HaveElementAt(3, 255);
            Look.AtQuadrants(file).ShouldLookLike([Pictures.Red, Pictures.Green, Pictures.Blue, Pictures.White], tolerance: 2);
        });
    }

    [Fact]
    public async Task Show_nothing_of_the_colours_of_what_is_transparent()
    {
        // Grey beside a transparent red: what is half transparent must still be grey.
        Rgb grey = new(128, 128, 128);
        using Image all = Pictures.Flat(500, 500, grey);
        using Image colours = all.Mutate(pixels => pixels.DrawRect([255, 0, 0], 253, 0, 247, 500, fill: true));
        using Image opaque = Pictures.Flat(500, 500, Pictures.White);
        using Image mask = opaque[0].Mutate(pixels => pixels.DrawRect([0], 253, 0, 247, 500, fill: true));
        using Image picture = colours.Bandjoin(mask);

        Made made = await _bench.MakeAsync(picture.PngsaveBuffer(), ImageFormat.Png);

        foreach (byte[] file in new[] { made.Middle, made.Small })
        {
            (int width, int height) = Look.SizeOf(file);
            double[][] row = [.. Enumerable.Range(0, width).Select(x => Look.PixelAt(file, x, height / 2))];
            row.Should().Contain(pixel => pixel[3] > 0 && pixel[3] < 255, "else there is no rim to look at");
            row.Where(pixel => pixel[3] > 20).Should().AllSatisfy(pixel =>
                new Rgb((int)pixel[0], (int)pixel[1], (int)pixel[2]).DistanceTo(grey).Should().BeLessThan(8));
        }
    }

    [Fact]
    public async Task Are_right_for_a_palette()
    {
        Made made = await _bench.MakeAsync(Pictures.PalettePng(620, 410), ImageFormat.Png);

        made.Files.Should().AllSatisfy(file => Look.AtQuadrants(file).ShouldLookLike(Pictures.QuadrantColours, tolerance: 4));
    }

    [Fact]
    public async Task Have_8_bits_when_the_picture_has_16()
    {
        using Image colours = Pictures.Quadrants(620, 410);
        using Image scaled = colours * 257;
        using Image wide = scaled.Cast(Enums.BandFormat.Ushort);
        using Image deep = wide.Copy(interpretation: Enums.Interpretation.Rgb16);

        Made made = await _bench.MakeAsync(deep.PngsaveBuffer(bitdepth: 16), ImageFormat.Png);

        made.Files.Should().AllSatisfy(file =>
        {
            Look.AtQuadrants(file).ShouldLookLike(Pictures.QuadrantColours, tolerance: 2);
            file[24].Should().Be(8, "that byte of a PNG is its depth");
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Of_an_animation_are_animations_with_the_same_delays_and_loops(int loops)
    {
        int[] delays = [100, 250, 70];

        Made made = await _bench.MakeAsync(Pictures.AnimatedGif(620, 410, delays, loops), ImageFormat.Gif);

        made.Header.Frames.Should().Be(3);
        PixelSize[] sizes = Made.ExpectedSizes(new PixelSize(620, 410));
        made.Sizes.Should().Equal(sizes);
        for (int i = 0; i < sizes.Length; i++)
        {
            using Image animation = Image.GifloadBuffer(made.Files[i], n: -1);
            animation.Get("n-pages").Should().Be(3);
            animation.Get("delay").Should().BeEquivalentTo(delays);
            animation.Get("loop").Should().Be(loops);
            animation.Width.Should().Be(sizes[i].Width);
            animation.Height.Should().Be(sizes[i].Height * 3);
            Rgb[] expected = [Pictures.Red, Pictures.Green, Pictures.Blue];
            for (int frame = 0; frame < 3; frame++)
            {
                double[] levels = animation.Getpoint(sizes[i].Width / 2, (sizes[i].Height * frame) + (sizes[i].Height / 2));
                new Rgb((int)levels[0], (int)levels[1], (int)levels[2]).DistanceTo(expected[frame]).Should().BeLessThan(8);
            }
        }
    }

    [Fact]
    public async Task Of_a_still_gif_are_still()
    {
        using Image image = Pictures.Quadrants(620, 410);

        Made made = await _bench.MakeAsync(image.GifsaveBuffer(dither: 0), ImageFormat.Gif);

        made.Header.Frames.Should().Be(1);
        made.Files.Should().AllSatisfy(file => Look.AtQuadrants(file).ShouldLookLike(Pictures.QuadrantColours));
    }

    [Fact]
    public async Task Of_a_gif_that_keeps_its_size_are_its_own_bytes_without_what_is_no_picture()
    {
        byte[] gif = Pictures.AnimatedGif(620, 410, [100, 250, 70], loops: 3);
        byte[] told = [.. gif[..^1], 0x21, 0xFE, 4, .. "told"u8, 0]; // a comment, and no trailer

        Made made = await _bench.MakeAsync(told, ImageFormat.Gif);

        made.Big.Should().Equal(gif);
        made.Sizes[0].Should().Be(new PixelSize(620, 410));
    }

    [Fact]
    public async Task Of_a_photo_in_a_gif_have_its_table_of_colours()
    {
        using Image red = Image.Gaussnoise(620, 410, mean: 128, sigma: 50, seed: 1);
        using Image green = Image.Gaussnoise(620, 410, mean: 128, sigma: 50, seed: 2);
        using Image photo = red.Bandjoin(green, red).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        byte[] gif = photo.GifsaveBuffer();

        Made made = await _bench.MakeAsync(gif, ImageFormat.Gif);

        TableOf(gif).Distinct().Count().Should().BeGreaterThan(250, "otherwise this is no photo");
        // libvips adjusts the table once more, which shifts some by a level and merges neighbours.
        int[] table = TableOf(made.Middle);
        TableOf(gif).Should().AllSatisfy(colour => table.Min(other => Distance(colour, other)).Should().BeLessThan(9));

        static int Distance(int one, int other) =>
            new[] { 0, 8, 16 }.Max(shift => Math.Abs(((one >> shift) & 0xFF) - ((other >> shift) & 0xFF)));
    }

    [Fact]
    public async Task Of_a_drawing_in_a_gif_have_new_colours_at_its_edges()
    {
        using Image slope = Image.Xyz(620, 410);
        using Image isLight = (slope[0] + (slope[1] * 0.7)) % 40 > 20;
        byte[] gif = isLight.GifsaveBuffer();

        Made made = await _bench.MakeAsync(gif, ImageFormat.Gif);

        TableOf(gif).Distinct().Count().Should().BeLessThan(5);
        TableOf(made.Middle).Distinct().Count().Should().BeGreaterThan(30);
    }

    [Fact]
    public async Task Have_tables_of_their_own_where_they_are_small()
    {
        using Image noise = Image.Gaussnoise(2000, 1400, mean: 128, sigma: 30, seed: 1);

        Made made = await _bench.MakeAsync(Pictures.Jpeg(noise.Cast(Enums.BandFormat.Uchar)), ImageFormat.Jpeg);

        HuffmanBytes(made.Middle).Should().BeLessThan(HuffmanBytes(made.Big));
        HuffmanBytes(made.Small).Should().BeLessThan(HuffmanBytes(made.Big));

        static int HuffmanBytes(byte[] jpeg)
        {
            int bytes = 0;
            for (int at = 2; jpeg[at + 1] != 0xDA; at += 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3]))
            {
                bytes += jpeg[at + 1] == 0xC4 ? (jpeg[at + 2] << 8) | jpeg[at + 3] : 0;
            }

            return bytes;
        }
    }

    [Theory]
    [InlineData(true, "4:4:4")]
    [InlineData(false, "4:2:0")]
    public async Task Keep_the_chroma_of_the_original(bool fullChroma, string expected)
    {
        using Image image = Pictures.Quadrants(620, 410);

        Made made = await _bench.MakeAsync(Pictures.Jpeg(image, fullChroma), ImageFormat.Jpeg);

        made.Files.Should().AllSatisfy(file =>
        {
            using Image thumbnail = Image.NewFromBuffer(file);
            thumbnail.Get("jpeg-chroma-subsample").Should().Be(expected);
        });
    }

    private static int[] TableOf(byte[] gif)
    {
        using Image image = Image.GifloadBuffer(gif);
        return (int[])image.Get("gif-palette");
    }
}
