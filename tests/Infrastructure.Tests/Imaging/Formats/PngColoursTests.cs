using System.Buffers.Binary;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

/// <summary>A PNG's thumbnails show the same colours as the PNG in a browser, however it describes them.</summary>
public sealed class PngColoursTests : IDisposable
{
    private static readonly Rgb[] Stored = [new(200, 60, 60), new(60, 200, 60), new(60, 60, 200), new(128, 128, 128)];

    private static readonly byte[] Header = [0, 0, 0x7A, 0x26, 0, 0, 0x80, 0x84]; // white of D65 in cHRM

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Values_of_another_gamma_are_brought_to_that_of_sRGB()
    {
        await ShouldShowAsync(Png(Gamma(1.0)), Stored.Select(one => Each(one, value => FromLight(value))));
        await ShouldShowAsync(Png(Gamma(1 / 1.8)), Stored.Select(one => Each(one, value => FromLight(Math.Pow(value, 1.8)))));
    }

    [Fact]
    public async Task The_usual_gamma_and_a_note_that_it_is_sRGB_change_nothing()
    {
        await ShouldShowAsync(Png(Gamma(0.45455)), Stored);
        await ShouldShowAsync(Png(Pictures.Chunk("sRGB", [0]), Gamma(1.0)), Stored);
        await ShouldShowAsync(Png(Pictures.Chunk("cICP", [1, 13, 0, 1]), Gamma(1.0)), Stored);
    }

    [Fact]
    public async Task Colours_by_code_or_by_primaries_are_those_that_the_profile_of_the_same_name_gives()
    {
        Rgb[] expected = AsSrgb("p3");

        await ShouldShowAsync(Png(Pictures.Chunk("cICP", [12, 13, 0, 1])), expected);
        // cHRM with a gamma of 2.2, which comes close to the curve of sRGB, except for the darkest values.
        await ShouldShowAsync(Png(Gamma(0.45455), Chromaticities((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))), expected, tolerance: 12);
        await ShouldShowAsync(Png(Gamma(0.45455), Chromaticities((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))), Stored);
    }

    [Fact]
    public async Task A_code_beats_a_profile_and_a_profile_beats_a_gamma()
    {
        byte[] srgb = Pictures.Chunk("iCCP", [.. "sRGB\0\0"u8, .. Pictures.Deflate(ProfileOf("srgb"))]);

        await ShouldShowAsync(Png(Pictures.Chunk("cICP", [12, 13, 0, 1]), srgb), AsSrgb("p3"));
        await ShouldShowAsync(Png(Gamma(1.0), srgb), Stored);
    }

    // What Chromium 156 draws on a screen without HDR.
    [Theory]
    [InlineData(16, 60, 26)]
    [InlineData(16, 120, 114)]
    [InlineData(16, 156, 206)]
    [InlineData(16, 180, 242)]
    [InlineData(16, 252, 255)]
    [InlineData(18, 120, 92)]
    [InlineData(18, 192, 189)]
    [InlineData(18, 252, 253)]
    public async Task HDR_is_brought_to_ordinary_white_as_browsers_do(byte curve, int stored, int shown)
    {
        Rgb grey = new(stored, stored, stored);

        await ShouldShowAsync(Png([grey, grey, grey, grey], Pictures.Chunk("cICP", [9, curve, 0, 1])), Enumerable.Repeat(new Rgb(shown, shown, shown), 4));
    }

    [Fact]
    public async Task Grey_and_transparent_pictures_keep_their_kind()
    {
        using Image grey = Pictures.Flat(40, 30, new Rgb(100, 100, 100)).ExtractBand(0);
        byte[] file = Pictures.InsertAfterHeader(grey.PngsaveBuffer(keep: Enums.ForeignKeep.None), Gamma(1.0));
        Rgb seen = Look.AtQuadrants((await _bench.MakeAsync(file, ImageFormat.Png)).Big)[0];
        double expected = FromLight(100 / 255.0) * 255;
        ((double)seen.G).Should().BeInRange(expected - 3, expected + 3);

        byte[] transparent = Pictures.InsertAfterHeader(Pictures.TransparentPng(40, 30), Gamma(1.0));
        using Image made = Image.NewFromBuffer((await _bench.MakeAsync(transparent, ImageFormat.Png)).Big);
        made.HasAlpha().Should().BeTrue();
    }

    [Fact]
    public async Task A_picture_that_is_turned_shows_the_same_colours()
    {
        string turned = _bench.Folder.File("turned.png");
        await _bench.Processor.TurnAsync(_bench.Folder.Write("stored.png", Png(Gamma(1.0))), ImageFormat.Png, Rotation.Half, turned, default);

        Rgb[] seen = Look.AtQuadrants((await _bench.MakeAsync(File.ReadAllBytes(turned), ImageFormat.Png)).Big);

        seen.ShouldLookLike([.. Stored.Reverse().Select(one => Each(one, FromLight))], tolerance: 3);
    }

    [Fact]
    public async Task Nonsense_about_colours_is_passed_over()
    {
        await ShouldShowAsync(Png(Pictures.Chunk("gAMA", [0, 0, 0, 0])), Stored);
        await ShouldShowAsync(Png(Pictures.Chunk("gAMA", [1])), Stored);
        await ShouldShowAsync(Png(Pictures.Chunk("cICP", [200, 13, 0, 1])), Stored);
        await ShouldShowAsync(Png(Gamma(0.45455), Pictures.Chunk("cHRM", new byte[32])), Stored);
        await ShouldShowAsync(Png(Gamma(0.45455), Chromaticities((0.3, 0.3), (0.3, 0.3), (0.3, 0.3))), Stored);
    }

    private static Rgb Each(Rgb colour, Func<double, double> change)
    {
        return new Rgb(Changed(colour.R), Changed(colour.G), Changed(colour.B));

        int Changed(int value) => (int)Math.Round(change(value / 255.0) * 255);
    }

    private static double FromLight(double light) => light <= 0.0031308 ? light * 12.92 : (1.055 * Math.Pow(light, 1 / 2.4)) - 0.055;

    private static byte[] Gamma(double gamma)
    {
        byte[] value = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(value, (int)Math.Round(gamma * 100_000));
        return Pictures.Chunk("gAMA", value);
    }

    private static byte[] Chromaticities(params (double X, double Y)[] colours)
    {
        byte[] value = [.. Header, .. new byte[24]];
        for (int i = 0; i < colours.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(8 + (i * 8)), (int)Math.Round(colours[i].X * 100_000));
            BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(12 + (i * 8)), (int)Math.Round(colours[i].Y * 100_000));
        }

        return Pictures.Chunk("cHRM", value);
    }

    private static byte[] Png(params byte[][] chunks) => Png(Stored, chunks);

    private static byte[] Png(Rgb[] colours, params byte[][] chunks)
    {
        using Image image = Pictures.Quadrants(40, 30, colours);
        return Pictures.InsertAfterHeader(image.PngsaveBuffer(keep: Enums.ForeignKeep.None), chunks);
    }

    private static byte[] ProfileOf(string name)
    {
        using Image image = Pictures.Flat(1, 1, Pictures.White);
        using Image tagged = image.IccTransform(name, inputProfile: "srgb");
        return (byte[])tagged.Get("icc-profile-data");
    }

    // By the library's own profile with that name.
    private static Rgb[] AsSrgb(string profile)
    {
        using Image image = Pictures.Quadrants(40, 30, Stored);
        using Image shown = image.IccTransform("srgb", inputProfile: profile);
        return Look.AtQuadrants(shown.PngsaveBuffer());
    }

    private async Task ShouldShowAsync(byte[] file, IEnumerable<Rgb> expected, int tolerance = 3) =>
        Look.AtQuadrants((await _bench.MakeAsync(file, ImageFormat.Png)).Big).ShouldLookLike([.. expected], tolerance);
}
