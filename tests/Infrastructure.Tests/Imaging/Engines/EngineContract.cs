using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;
using SixLabors.ImageSharp.Formats.Jpeg;

namespace ImageBackend.Infrastructure.Tests.Imaging.Engines;

/// <summary>What every engine does alike. What it made is looked at by the other library.</summary>
public abstract class EngineContract : IDisposable
{
    private readonly string _name;
    private readonly Func<byte[], Seen> _see;
    private readonly Workbench _bench;

    /// <param name="name">As in IMAGING_ENGINE.</param>
    /// <param name="see">Decodes by another library.</param>
    private protected EngineContract(string name, Func<byte[], Seen> see) => (_name, _see, _bench) = (name, see, new Workbench(name));

    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    public async Task Makes_thumbnails_of_the_sizes_that_the_geometry_gives_and_shows_the_picture(string extension)
    {
        Made made = await _bench.MakeAsync(Pictures.Of(extension), FormatOf(extension));

        made.Header.Size.Should().Be(new PixelSize(620, 410));
        made.Sizes.Should().Equal(Made.ExpectedSizes(new PixelSize(620, 410)));
        made.Files.Select(file => _see(file).Size).Should().Equal(made.Sizes);
        foreach (byte[] file in made.Files)
        {
            ShouldBeAlike(_see(file).Quadrants(), Pictures.QuadrantColours);
        }
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    public async Task Makes_a_placeholder_of_the_smallest_thumbnail(string extension)
    {
        ThumbnailTarget[] targets = _bench.Targets(FormatOf(extension));

        MadePictures made = await _bench.Processor.MakeThumbnailsAsync(_bench.Folder.Write("original", Pictures.Of(extension)), FormatOf(extension), null, targets, default);

        // Four quadrants of a square, as rgbaToThumbHash of the npm package thumbhash 0.1.1 sees them: the mean colour and the five strongest waves.
        byte[] hash = Convert.FromBase64String(made.ThumbHash!);
        byte[] reference = Convert.FromBase64String("3xcOdxqBiobAZ4d3iKiGeIeGSPiKf8gI");
        Fields(hash).Zip(Fields(reference)).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= 2);
        byte[] later = Convert.FromBase64String(await _bench.Processor.HashAsync(targets[2].Path, FormatOf(extension), default));
        Fields(later).Zip(Fields(hash)).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) <= 2, "the stored thumbnail shows the same");

        static int[] Fields(byte[] bytes) => [bytes[0] & 63, (bytes[0] >> 6) | ((bytes[1] & 15) << 2), (bytes[1] >> 4) | ((bytes[2] & 3) << 4), (bytes[2] >> 2) & 31, bytes[3] & 7, .. bytes[5..].SelectMany(one => new[] { one & 15, one >> 4 })];
    }

    [Fact]
    public async Task Makes_a_placeholder_of_an_animations_first_frame_and_of_transparency()
    {
        byte[] animation = Pictures.AnimatedGif(620, 410, [100, 200], loops: 0);

        foreach ((byte[] file, ImageFormat format) in new[] { (animation, ImageFormat.Gif), (Pictures.TransparentPng(620, 410), ImageFormat.Png) })
        {
            MadePictures made = await _bench.Processor.MakeThumbnailsAsync(_bench.Folder.Write("original", file), format, null, _bench.Targets(format), default);

            bool isTransparent = (Convert.FromBase64String(made.ThumbHash!)[2] & 0x80) != 0;
            isTransparent.Should().Be(format == ImageFormat.Png);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Shows_a_photo_upright(int orientation)
    {
        Made made = await _bench.MakeAsync(Pictures.OrientedJpeg(900, 600, orientation), ImageFormat.Jpeg);

        (made.Header.Size, made.Header.IsUpright).Should().Be((new PixelSize(900, 600), orientation == 1));
        _see(made.Middle).Size.Should().Be(new PixelSize(400, 267));
        ShouldBeAlike(_see(made.Middle).Quadrants(), Pictures.QuadrantColours);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Shows_the_part_that_a_crop_says_in_pixels_of_the_upright_picture(int orientation)
    {
        byte[] made = await ThumbnailAsync(Pictures.OrientedJpeg(900, 600, orientation), ImageFormat.Jpeg, "200x200", crop: "450x300+450+0");

        _see(made).Size.Should().Be(new PixelSize(200, 133));
        ShouldBeAlike(_see(made).Quadrants(), [Pictures.Green, Pictures.Green, Pictures.Green, Pictures.Green]);
    }

    [Fact]
    public async Task Refuses_a_crop_that_is_outside()
    {
        (await RefusalAsync(() => ThumbnailAsync(Pictures.Jpeg(90, 60), ImageFormat.Jpeg, "50x50", crop: "10x10+90+0"))).Code.Should().Be("bad_crop");
    }

    [Theory]
    [InlineData("jpg", "130x130!")]
    [InlineData("png", "1500x1500")]
    [InlineData("gif", "700x30!")]
    [InlineData("jpg", "1x1!")]
    public async Task Enlarges_and_squeezes(string extension, string geometry)
    {
        byte[] made = await ThumbnailAsync(Pictures.Of(extension), FormatOf(extension), geometry);

        _see(made).Size.Should().Be(Geometry.Parse(geometry).Resize(new PixelSize(620, 410)));
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    public async Task Fills_a_canvas_beside_the_picture(string extension)
    {
        ThumbnailSpec spec = new("XX", Geometry.Parse("100x100"), new PixelSize(100, 100), 90) { Background = new Colour(255, 0, 255) };

        Seen made = _see(await ThumbnailAsync(Pictures.Of(extension), FormatOf(extension), spec));

        made.Size.Should().Be(new PixelSize(100, 100));
        made.At(0.5, 0.05).DistanceTo(new Rgb(255, 0, 255)).Should().BeLessThan(12);
        made.At(0.5, 0.95).DistanceTo(new Rgb(255, 0, 255)).Should().BeLessThan(12);
        made.At(0.25, 0.3).DistanceTo(Pictures.Red).Should().BeLessThan(12);
    }

    [Fact]
    public async Task Keeps_transparency_and_shows_it_on_white_without()
    {
        byte[] png = Pictures.TransparentPng(620, 410);

        Seen kept = _see(await ThumbnailAsync(png, ImageFormat.Png, "200x200"));
        Seen flat = _see(await ThumbnailAsync(png, ImageFormat.Png, "200x200", ImageFormat.Jpeg));

        kept.AlphaAt(0.75, 0.75).Should().Be(0);
        kept.AlphaAt(0.25, 0.25).Should().Be(255);
        ShouldBeAlike(kept.Quadrants()[..3], [Pictures.Red, Pictures.Green, Pictures.Blue]);
        flat.At(0.75, 0.75).DistanceTo(Pictures.White).Should().BeLessThan(12);
    }

    [Theory]
    [InlineData("16 bits")]
    [InlineData("palette")]
    [InlineData("grey")]
    [InlineData("grey JPEG")]
    [InlineData("interlaced")]
    public async Task Reads_every_kind_of_pixels(string kind)
    {
        using Image colours = Pictures.Quadrants(620, 410);
        using Image grey = colours.Colourspace(Enums.Interpretation.Bw);
        (byte[] file, ImageFormat format) = kind switch
        {
            "16 bits" => (Pictures.TransparentPng(620, 410, Enums.BandFormat.Ushort), ImageFormat.Png),
            "palette" => (Pictures.PalettePng(620, 410), ImageFormat.Png),
            "grey" => (grey.PngsaveBuffer(), ImageFormat.Png),
            "grey JPEG" => (grey.JpegsaveBuffer(q: 95), ImageFormat.Jpeg),
            _ => (colours.PngsaveBuffer(interlace: true), ImageFormat.Png),
        };
        byte level = (byte)grey.Getpoint(100, 100)[0];
        Rgb expected = kind.StartsWith("grey", StringComparison.Ordinal) ? new Rgb(level, level, level) : Pictures.Red;

        Made made = await _bench.MakeAsync(file, format);

        made.Header.IsInterlaced.Should().Be(kind == "interlaced");
        _see(made.Middle).At(0.25, 0.25).DistanceTo(expected).Should().BeLessThan(16);
    }

    [Fact]
    public async Task Keeps_an_animation_with_its_times_and_loops()
    {
        Made made = await _bench.MakeAsync(Pictures.AnimatedGif(620, 410, [100, 200, 700], loops: 3), ImageFormat.Gif);
        byte[] png = await ThumbnailAsync(Pictures.AnimatedGif(620, 410, [100, 200, 700], loops: 3), ImageFormat.Gif, "200x200", ImageFormat.WebP);

        made.Header.Frames.Should().Be(3);
        foreach (byte[] file in new[] { made.Middle, made.Small })
        {
            _see(file).Delays.Should().Equal(10, 20, 70);
            _see(file).Loops.Should().Be(3);
            _see(file).At(0.5, 0.5).DistanceTo(Pictures.Red).Should().BeLessThan(12);
        }

        SeenWebP(png).At(0.5, 0.5).DistanceTo(Pictures.Red).Should().BeLessThan(25);
    }

    [Theory]
    [InlineData("p3", "jpg")]
    [InlineData("srgb", "jpg")]
    [InlineData("p3", "png")]
    [InlineData("srgb", "png")]
    public async Task Shows_the_colours_that_a_profile_means(string profile, string extension)
    {
        using Image image = Pictures.Quadrants(620, 410);
        using Image tagged = image.Mutate(tags => tags.Set(GValue.BlobType, "icc-profile-data", Image.ProfileLoad(profile)));
        using Image meant = tagged.IccTransform("srgb", embedded: true, depth: 8);
        double[] green = meant.Getpoint(500, 100);

        Made made = await _bench.MakeAsync(
            extension == "png" ? tagged.PngsaveBuffer() : Pictures.Jpeg(image, profile: Image.ProfileLoad(profile)), FormatOf(extension));

        Rgb seen = _see(made.Middle).At(0.75, 0.25);
        seen.DistanceTo(new Rgb((byte)green[0], (byte)green[1], (byte)green[2])).Should().BeLessThan(8);
    }

    [Theory]
    [InlineData(true, JpegColorType.YCbCrRatio444)]
    [InlineData(false, JpegColorType.YCbCrRatio420)]
    public async Task Follows_the_chroma_of_a_photo(bool isFull, JpegColorType expected)
    {
        using Image image = Pictures.Quadrants(620, 410);

        Made made = await _bench.MakeAsync(Pictures.Jpeg(image, fullChroma: isFull), ImageFormat.Jpeg);

        made.Files.Select(Seen.ChromaOf).Should().AllBeEquivalentTo(expected);
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    public async Task Leaves_nothing_in_thumbnails_but_pixels(string extension)
    {
        byte[] file = extension == "jpg" ? Pictures.OrientedJpeg(620, 410, 6, gps: true)
            : extension == "png" ? Pictures.InsertAfterHeader(Pictures.Png(620, 410), Pictures.Chunk("tEXt", "Comment\0SECRET"u8.ToArray()))
            : Pictures.Of("gif");

        Made made = await _bench.MakeAsync(file, FormatOf(extension));

        made.Files.Should().AllSatisfy(thumbnail => Look.ExtrasOf(thumbnail).Should().BeEmpty());
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    public async Task Refuses_a_file_that_is_cut_off_anywhere(string extension)
    {
        byte[] whole = Pictures.Of(extension);
        for (int percent = 1; percent < 96; percent += 7)
        {
            byte[] cut = whole[..(whole.Length * percent / 100)];

            InvalidImageException refusal = await RefusalAsync(() => _bench.MakeAsync(cut, FormatOf(extension)));

            refusal.Code.Should().Be("broken_image", $"of {percent} % of the file");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Takes_a_photo_that_lacks_only_its_end(bool isProgressive)
    {
        using Image image = Pictures.Quadrants(620, 410);
        byte[] whole = image.JpegsaveBuffer(q: 90, interlace: isProgressive);
        string path = _bench.Folder.Write("original", whole[..^2]);
        string turned = _bench.Folder.File("turned");

        Made made = await _bench.MakeAsync(whole[..^2], ImageFormat.Jpeg);
        await _bench.Processor.TurnAsync(path, ImageFormat.Jpeg, Rotation.Clockwise, turned, default);

        Made expected = await _bench.MakeAsync(whole, ImageFormat.Jpeg);
        made.Files.Zip(expected.Files).Should().AllSatisfy(pair => pair.First.Should().Equal(pair.Second));
        _see(await File.ReadAllBytesAsync(turned)).Size.Should().Be(new PixelSize(410, 620));
        (await RefusalAsync(() => _bench.MakeAsync(whole[..^40], ImageFormat.Jpeg))).Code.Should().Be("broken_image");
    }

    [Theory]
    [InlineData("jpg")]
    [InlineData("png")]
    [InlineData("gif")]
    public async Task Refuses_noise_behind_a_signature(string extension)
    {
        byte[] file = Pictures.Of(extension)[..16];
        byte[] noise = new byte[10_000];
        new Random(1).NextBytes(noise);

        (await RefusalAsync(() => _bench.MakeAsync([.. file, .. noise], FormatOf(extension)))).Code.Should().Be("broken_image");
    }

    [Theory]
    [InlineData("jpg", 90)]
    [InlineData("png", -90)]
    [InlineData("gif", 180)]
    public async Task Turns_an_original(string extension, int degrees)
    {
        Rotation rotation = Rotation.Parse(degrees.ToString(System.Globalization.CultureInfo.InvariantCulture));
        string path = _bench.Folder.Write("original", Pictures.Of(extension));
        string turned = _bench.Folder.File("turned");
        Rgb[] q = Pictures.QuadrantColours;

        await _bench.Processor.TurnAsync(path, FormatOf(extension), rotation, turned, default);

        Seen seen = _see(await File.ReadAllBytesAsync(turned));
        seen.Size.Should().Be(degrees == 180 ? new PixelSize(620, 410) : new PixelSize(410, 620));
        ShouldBeAlike(seen.Quadrants(), degrees switch { 90 => [q[2], q[0], q[3], q[1]], -90 => [q[1], q[3], q[0], q[2]], _ => [q[3], q[2], q[1], q[0]] });
    }

    [Fact]
    public async Task Keeps_every_colour_of_a_GIF_that_is_turned()
    {
        // 200 of them, one level from the next.
        using Image steps = Image.Identity().Crop(0, 0, 200, 1).Zoom(1, 100);
        using Image grey = steps.Bandjoin(steps, steps);
        using Image colours = grey.Copy(interpretation: Enums.Interpretation.Srgb);
        string path = _bench.Folder.Write("original", colours.GifsaveBuffer(dither: 0));
        string turned = _bench.Folder.File("turned");

        await _bench.Processor.TurnAsync(path, ImageFormat.Gif, Rotation.Parse("180"), turned, default);

        Seen before = _see(File.ReadAllBytes(path));
        Seen after = _see(File.ReadAllBytes(turned));
        Enumerable.Range(0, 200).Select(x => after.At((199.5 - x) / 200, 0.5)).Should().Equal(Enumerable.Range(0, 200).Select(x => before.At((x + 0.5) / 200, 0.5)));
    }

    [Fact]
    public async Task Keeps_metadata_of_an_original_that_is_turned_and_says_that_it_is_upright()
    {
        string path = _bench.Folder.Write("original", Pictures.OrientedJpeg(620, 410, 6, gps: true));
        string turned = _bench.Folder.File("turned");

        await _bench.Processor.TurnAsync(path, ImageFormat.Jpeg, rotation: null, turned, default);

        ImageHeader header = await _bench.Processor.ReadHeaderAsync(turned, ImageFormat.Jpeg, default);
        (header.Size, header.IsUpright).Should().Be((new PixelSize(620, 410), true));
        header.Facts!.Gps.Should().NotBeNull();
        byte[] file = await File.ReadAllBytesAsync(turned);
        System.Text.Encoding.Latin1.GetString(file).Should().Contain("SECRET-OWNER");
        ShouldBeAlike(_see(file).Quadrants(), Pictures.QuadrantColours);
    }

    [Fact]
    public async Task Keeps_the_colours_of_a_PNG_with_a_profile_that_is_turned()
    {
        using Image image = Pictures.Quadrants(620, 410);
        using Image tagged = image.Mutate(tags => tags.Set(GValue.BlobType, "icc-profile-data", Image.ProfileLoad("p3")));
        string path = _bench.Folder.Write("original", tagged.PngsaveBuffer());
        string turned = _bench.Folder.File("turned");

        await _bench.Processor.TurnAsync(path, ImageFormat.Png, Rotation.Parse("180"), turned, default);

        using Image seen = Image.NewFromFile(turned);
        seen.Contains("icc-profile-data").Should().BeTrue();
    }

    [Fact]
    public async Task Begins_nothing_for_a_client_who_has_left()
    {
        string path = _bench.Folder.Write("original", Pictures.Jpeg(90, 60));
        await _bench.Processor.PrepareAsync();

        Func<Task> act = () => _bench.Processor.MakeThumbnailsAsync(path, ImageFormat.Jpeg, null, _bench.Targets(ImageFormat.Jpeg), new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>The sizes are those of ImageMagick too: <see cref="GeometryAgainstImageMagickTests"/>. GEOMETRIES sets how many.</summary>
    [Fact]
    public async Task Makes_the_sizes_that_generated_arguments_say()
    {
        GeometryCases cases = new(new Random(20_261_129));
        byte[] file = Pictures.Jpeg(211, 97);
        int count = int.Parse(Environment.GetEnvironmentVariable("GEOMETRIES") ?? "60", System.Globalization.CultureInfo.InvariantCulture);
        for (int i = 0; i < count; i++)
        {
            GeometryCase one = cases.Next();
            ThumbnailSpec spec = one.ToSpec("XX");

            byte[] made = await ThumbnailAsync(file, ImageFormat.Jpeg, spec);

            _see(made).Size.Should().Be(spec.SizeOf(new PixelSize(211, 97)), $"{one} by {_name}");
        }
    }

    private static void ShouldBeAlike(Rgb[] seen, Rgb[] expected) =>
        seen.Zip(expected).Should().AllSatisfy(pair => pair.First.DistanceTo(pair.Second).Should().BeLessThan(16, $"{pair.First} should be {pair.Second}"));

    // Its own encoder's library decodes it, for want of another here: libvips blocks this loader.
    private static Seen SeenWebP(byte[] file) => Seen.ByImageSharp(file);

    private static ImageFormat FormatOf(string extension) => ImageFormat.TryFromExtension(extension, out ImageFormat? format) ? format : throw new ArgumentException(extension);

    private static async Task<InvalidImageException> RefusalAsync(Func<Task> act) => (await act.Should().ThrowAsync<InvalidImageException>()).Which;

    private Task<byte[]> ThumbnailAsync(byte[] file, ImageFormat format, string geometry, ImageFormat? target = null, string? crop = null) =>
        ThumbnailAsync(file, format, new ThumbnailSpec("XX", Geometry.Parse(geometry), extent: null, quality: 90), target, crop);

    private async Task<byte[]> ThumbnailAsync(byte[] file, ImageFormat format, ThumbnailSpec spec, ImageFormat? target = null, string? crop = null)
    {
        string path = _bench.Folder.Write($"original-{Guid.NewGuid():N}", file);
        ThumbnailTarget one = new(spec, target ?? format.ThumbnailFormat, _bench.Folder.File($"{Guid.NewGuid():N}"));
        IReadOnlyList<PixelSize> sizes = (await _bench.Processor.MakeThumbnailsAsync(path, format, crop is null ? null : CropArea.Parse(crop), [one], default)).Sizes;
        byte[] made = await File.ReadAllBytesAsync(one.Path);
        Seen.ByImageSharp(made).Size.Should().Be(sizes[0]);
        return made;
    }
}
