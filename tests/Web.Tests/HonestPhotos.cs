using System.Text;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Web.Tests;

/// <summary>Files as cameras, phones, scanners, screen recorders and map programs write them. Each shows the four quadrants upright, unless it says otherwise.</summary>
internal static class HonestPhotos
{
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;

    // How makers' notes begin (exiftool's documentation of them).
    private static readonly (string Maker, string Model, byte[] Notes)[] Cameras =
    [
        ("Canon", "Canon EOS R6", [.. "\x02\0\x01\0\x03\0\x04\0\0\0"u8, .. Filler(400)]),
        ("NIKON CORPORATION", "NIKON Z 6", [.. "Nikon\0\x02\x10\0\0MM\0*\0\0\0\x08"u8, .. Filler(600)]),
        ("SONY", "ILCE-7M4", [.. "SONY DSC \0\0\0"u8, .. Filler(5000)]),
        ("Panasonic", "DMC-TZ30", [.. "Panasonic\0\0\0"u8, .. Filler(300), .. "PLACE: Exampleland"u8]),
        ("OLYMPUS CORPORATION", "E-M1MarkIII", [.. "OLYMPUS\0II\x03\0"u8, .. Filler(2000)]),
        ("FUJIFILM", "X-T4", [.. "FUJIFILM\x0c\0\0\0"u8, .. Filler(800)]),
        ("Apple", "iPhone 15 Pro", [.. "Apple iOS\0\0\x01MM"u8, .. Filler(1200)]),
        ("samsung", "SM-S918B", [.. "\x07\0\x01\0\x07\0\x04\0\0\0"u8, .. Filler(100)]),
    ];

    public static IEnumerable<HonestFile> All() => [.. OfCameras(), .. OfPhones(), .. OfPrograms(), .. OfScanners(), .. OfScreens()];

    private static IEnumerable<HonestFile> OfCameras()
    {
        foreach ((string maker, string model, byte[] notes) in Cameras)
        {
            foreach (int orientation in new[] { 1, 3, 6, 8 })
            {
                byte[] exif = Exif(maker, model, notes, orientation);
                yield return new($"{maker}, {orientation}, full chroma", "jpg", Insert(Pictures.OrientedJpeg(600, 400, orientation), exif));
                yield return new($"{maker}, {orientation}, progressive", "jpg", Insert(Encoded(orientation, image => image.JpegsaveBuffer(q: 90, interlace: true, keep: Enums.ForeignKeep.None)), exif));
                yield return new(
                    $"{maker}, {orientation}, half chroma, restarts",
                    "jpg",
                    Insert(Encoded(orientation, image => image.JpegsaveBuffer(q: 85, subsampleMode: Enums.ForeignSubsample.On, restartInterval: 8, keep: Enums.ForeignKeep.None)), exif));
            }
        }
    }

    private static IEnumerable<HonestFile> OfPhones()
    {
        byte[] photo = Pictures.Jpeg(800, 600);
        byte[] preview = Pictures.Jpeg(160, 120);
        byte[] exif = Exif("Google", "Pixel 9", Filler(50), 1, preview);
        yield return new("a preview in EXIF", "jpg", Insert(photo, exif));
        yield return new("a second picture behind the first (MPF)", "jpg", [.. Pictures.InsertAfterStart(Insert(photo, exif), Pictures.Segment(App2, [.. "MPF\0"u8, .. Filler(60)])), .. preview]);
        yield return new("a film behind the picture", "jpg", [.. Insert(photo, exif), .. "\0\0\0\x18ftypmp42"u8, .. Filler(200_000)]);
        yield return new("a maker's trailer", "jpg", [.. Insert(photo, exif), .. Filler(300), .. "SEFH"u8, .. Filler(40), .. "SEFT"u8]);
        yield return new("EXIF of 64 kB", "jpg", Insert(photo, Exif("Canon", "Canon EOS R6", Filler(60_000), 1)));
        yield return new("EXIF behind JFIF", "jpg", Pictures.InsertAfterStart(photo, Pictures.Segment(App1, [.. "Exif\0\0"u8, .. exif])));
        foreach (string profile in new[] { "p3", "srgb" })
        {
            using Image image = Pictures.Quadrants(800, 600);
            using Image tagged = image.IccTransform(profile, inputProfile: "srgb");
            yield return new($"profile {profile}", "jpg", tagged.JpegsaveBuffer(q: 92, keep: Enums.ForeignKeep.Icc));
            yield return new($"profile {profile} in a PNG", "png", tagged.PngsaveBuffer(keep: Enums.ForeignKeep.Icc));
        }

        foreach ((int width, int height) in new[] { (12_000, 2_000), (20_000, 1_500), (2_000, 12_000), (8_000, 4_000) })
        {
            byte[] xmp = Encoding.UTF8.GetBytes(
                "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
                + $"xmlns:GPano=\"http://ns.google.com/photos/1.0/panorama/\" GPano:FullPanoWidthPixels=\"{width}\" GPano:UsePanoramaViewer=\"True\"/></rdf:RDF></x:xmpmeta>");
            yield return new($"panorama of {width}x{height}", "jpg", Pictures.InsertAfterStart(Pictures.Jpeg(width, height), Pictures.Segment(App1, xmp)));
        }

        for (int i = 0; i < 12; i++)
        {
            (int width, int height) = (640 + (i * 37), 480 + (i * 11)); // sides that are not multiples of a block
            yield return new($"{width}x{height}", "jpg", Insert(Pictures.Jpeg(width, height), exif));
        }
    }

    private static IEnumerable<HonestFile> OfPrograms()
    {
        byte[] photo = Pictures.Jpeg(800, 600);
        string[] packets =
        [
            "<rdf:Description xmlns:lr=\"http://ns.adobe.com/lightroom/1.0/\"><lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Exampleland|PLACE</rdf:li></rdf:Bag></lr:hierarchicalSubject></rdf:Description>",
            "<rdf:Description xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" photoshop:City=\"PLACE\"/>",
            "<rdf:Description xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"><Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li Iptc4xmpExt:City=\"PLACE\"/></rdf:Bag></Iptc4xmpExt:LocationShown></rdf:Description>",
            "<rdf:Description xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" exif:GPSLatitude=\"45,50.025N\" exif:GPSLongitude=\"6,51.9E\"/>",
            "<rdf:Description xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\"><digiKam:TagsList><rdf:Seq><rdf:li>PLACE</rdf:li></rdf:Seq></digiKam:TagsList></rdf:Description>",
            "<rdf:Description xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\"/>",
        ];
        for (int i = 0; i < packets.Length; i++)
        {
            byte[] xmp = Encoding.UTF8.GetBytes(
                $"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">{packets[i]}</rdf:RDF></x:xmpmeta>");
            yield return new($"XMP of a program, {i}", "jpg", Pictures.InsertAfterStart(photo, Pictures.Segment(App1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. xmp])));
            yield return new($"XMP of a program, {i}, in a PNG", "png", Pictures.InsertAfterHeader(Pictures.Png(800, 600), Pictures.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. xmp])));
        }

        byte[] iptc = [0x1C, 2, 0x5A, 0, 5, .. "PLACE"u8];
        yield return new("IPTC", "jpg", Pictures.InsertAfterStart(photo, Pictures.Segment(0xED, [.. "Photoshop 3.0\08BIM"u8, 4, 4, 0, 0, 0, 0, 0, (byte)iptc.Length, .. iptc])));
        yield return new("a comment of a converter", "jpg", Pictures.InsertAfterStart(photo, Pictures.Segment(0xFE, "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n"u8.ToArray())));
        using Image image = Pictures.Quadrants(800, 600);
        using Image print = image.Colourspace(Enums.Interpretation.Cmyk);
        yield return new("CMYK", "jpg", print.JpegsaveBuffer(q: 92, keep: Enums.ForeignKeep.Icc)) { Distance = 90 }; // no inks can print so saturated a blue
        for (int quality = 30; quality <= 100; quality += 10)
        {
            yield return new($"quality {quality}", "jpg", image.JpegsaveBuffer(q: quality, optimizeCoding: true, keep: Enums.ForeignKeep.None));
        }
    }

    private static IEnumerable<HonestFile> OfScanners()
    {
        foreach ((int width, int height, string what) in new[] { (2480, 3508, "A4 at 300 dpi"), (4960, 7016, "A4 at 600 dpi") })
        {
            using Image page = Pictures.Quadrants(width, height);
            using Image grey = page.Colourspace(Enums.Interpretation.Bw);
            using Image ink = grey > 128.0;
            yield return new($"{what}, one bit", "png", ink.PngsaveBuffer(bitdepth: 1, keep: Enums.ForeignKeep.None)) { ShowsQuadrants = false };
            yield return new($"{what}, grey", "jpg", grey.JpegsaveBuffer(q: 85, keep: Enums.ForeignKeep.None)) { ShowsQuadrants = false };
            yield return new($"{what}, colours", "jpg", page.JpegsaveBuffer(q: 85, keep: Enums.ForeignKeep.None));
        }

        foreach (Enums.BandFormat depth in new[] { Enums.BandFormat.Uchar, Enums.BandFormat.Ushort })
        {
            yield return new($"transparent, {depth}", "png", Pictures.TransparentPng(1200, 800, depth)) { ShowsQuadrants = false };
        }

        yield return new("a map of few colours", "png", Pictures.PalettePng(6000, 4000));
        using Image map = Pictures.Quadrants(2400, 1600);
        yield return new("a map, interlaced", "png", map.PngsaveBuffer(interlace: true, keep: Enums.ForeignKeep.None));
        for (int level = 0; level <= 9; level += 3)
        {
            yield return new($"PNG at level {level}", "png", map.PngsaveBuffer(compression: level, keep: Enums.ForeignKeep.None));
        }
    }

    private static IEnumerable<HonestFile> OfScreens()
    {
        foreach ((int width, int height, int frames) in new[] { (800, 600, 300), (480, 270, 200), (640, 360, 150), (320, 240, 500), (1280, 720, 60), (1920, 1080, 30) })
        {
            yield return new($"screen recording of {width}x{height}, {frames} frames", "gif", ScreenRecording.Write(width, height, frames)) { ShowsQuadrants = false };
        }

        for (int i = 0; i < 6; i++)
        {
            yield return new($"sticker {i}", "gif", Pictures.AnimatedGif(120 + (i * 40), 100 + (i * 30), [40, 80, 120], loops: i)) { ShowsQuadrants = false };
        }

        using Image screen = Pictures.Quadrants(1920, 1080);
        yield return new("screenshot", "png", screen.PngsaveBuffer(keep: Enums.ForeignKeep.None));
        byte[] plain = Pictures.Png(1920, 1080);
        yield return new("screenshot with resolution and time", "png", Pictures.InsertAfterHeader(plain, Pictures.Chunk("pHYs", [0, 0, 0x16, 0x25, 0, 0, 0x16, 0x25, 1]), Pictures.Chunk("tIME", [7, 0xEA, 7, 14, 9, 31, 5])));
        yield return new("screenshot tagged as sRGB", "png", Pictures.InsertAfterHeader(plain, Pictures.Chunk("sRGB", [0]), Pictures.Chunk("gAMA", [0, 0, 0xB1, 0x8F])));
        yield return new("GIF of one frame", "gif", Pictures.Of("gif"));
    }

    private static byte[] Exif(string maker, string model, byte[] notes, int orientation, byte[]? preview = null) => ExifWriter.Write(
        maker.StartsWith('N'),
        [
            ExifTag.Text(0x010F, maker),
            ExifTag.Text(0x0110, model),
            ExifTag.Number16(0x0112, (ushort)orientation),
            ExifTag.Directory(
                0x8769, ExifTag.Text(0x9003, "2026:07:14 09:31:05"), ExifTag.Text(0x9011, "+02:00"), new ExifTag(0x927C, 7, notes.Length) { Blob = notes }),
            ExifTag.Directory(0x8825, ExifWriter.Place),
        ],
        [ExifTag.Thumbnail(preview ?? []), ExifTag.Number32(0x0202, preview?.Length ?? 0)]);

    private static byte[] Insert(byte[] jpeg, byte[] exif) => Pictures.InsertAfterStart(WithoutExif(jpeg), Pictures.Segment(App1, [.. "Exif\0\0"u8, .. exif]));

    // A picture that is marked to be turned has its own small EXIF block.
    private static byte[] WithoutExif(byte[] jpeg) => jpeg[3] == App1 ? [.. jpeg[..2], .. jpeg[(4 + (jpeg[4] << 8) + jpeg[5])..]] : jpeg;

    private static byte[] Encoded(int orientation, Func<Image, byte[]> encode)
    {
        using Image stored = Image.NewFromBuffer(WithoutExif(Pictures.OrientedJpeg(600, 400, orientation)));
        return encode(stored);
    }

    private static byte[] Filler(int bytes)
    {
        byte[] filler = new byte[bytes];
        new Random(bytes).NextBytes(filler);
        return filler;
    }
}

/// <param name="Name">What it is, for the report.</param>
internal sealed record HonestFile(string Name, string Extension, byte[] Bytes)
{
    /// <summary>Whether it shows the four quadrants of <see cref="Pictures"/>, upright.</summary>
    public bool ShowsQuadrants { get; init; } = true;

    /// <summary>How much a channel may differ from theirs, 0 to 255.</summary>
    public int Distance { get; init; } = 24;
}
