using System.Diagnostics;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

/// <summary>What is removed from originals, proven by their bytes and by a decoder.</summary>
public sealed class StrippingTests : IDisposable
{
    private const string ExifTool = "/usr/bin/exiftool";

    private static readonly byte[] GpsXmp = Xmp("<rdf:Description exif:GPSLatitude=\"45,50.025N\" dc:title=\"SECRET-TITLE\"/>");
    private static readonly byte[] PlainXmp = Xmp("<rdf:Description xmp:Rating=\"5\"/>");

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Jpegs => new(JpegFiles().Select(one => one.Name));

    public static TheoryData<string> Pngs => new(PngFiles().Select(one => one.Name));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Of_a_JPEG_pixels_orientation_and_profile_stay_and_nothing_else(string name)
    {
        byte[] file = JpegFiles().Single(one => one.Name == name).File;

        byte[] stripped = Strip(file, ImageFormat.Jpeg, Stripping.All);

        ShouldShowTheSame(file, stripped);
        Look.ExtrasOf(stripped).Should().BeSubsetOf(["C1", "C2", "E1", "E2", "EE"]);
        ShouldHaveNone(stripped, "SECRET", "GPS", "PLACE", "xap", "Photoshop", "MPF", "Maker", "2026:07");
        stripped.AsSpan()[^2..].ToArray().Should().Equal(0xFF, 0xD9);
        Strip(stripped, ImageFormat.Jpeg, Stripping.All).Should().Equal(stripped, "once is enough");
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Of_a_JPEG_nothing_that_tells_the_place_is_left_and_the_rest_stays(string name)
    {
        byte[] file = JpegFiles().Single(one => one.Name == name).File;

        byte[] stripped = Strip(file, ImageFormat.Jpeg, Stripping.Gps);

        ShouldShowTheSame(file, stripped);
        Walks.FactsOf(stripped, ImageFormat.Jpeg).Gps.Should().BeNull();
        Walks.FactsOf(stripped, ImageFormat.Jpeg).TakenAt.Should().Be(Walks.FactsOf(file, ImageFormat.Jpeg).TakenAt);
        ShouldHaveNone(stripped, "GPS", "PLACE", "MPF");
        if (Contains(file, "SECRET-OWNER"))
        {
            Contains(stripped, "SECRET-OWNER").Should().BeTrue();
        }

        Strip(stripped, ImageFormat.Jpeg, Stripping.Gps).Should().Equal(stripped, "once is enough");
    }

    [Fact]
    public void An_XMP_packet_stays_unless_it_tells_the_place()
    {
        byte[] photo = Pictures.Jpeg(64, 48);

        Contains(Strip(Pictures.InsertAfterStart(photo, Pictures.Segment(0xE1, PlainXmp)), ImageFormat.Jpeg, Stripping.Gps), "xmp:Rating").Should().BeTrue();
        Contains(Strip(Pictures.InsertAfterStart(photo, Pictures.Segment(0xE1, GpsXmp)), ImageFormat.Jpeg, Stripping.Gps), "xap").Should().BeFalse();
    }

    [Theory]
    [InlineData("<rdf:Description xmlns:lr=\"http://ns.adobe.com/lightroom/1.0/\"><lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Exampleland|Examplecity</rdf:li></rdf:Bag></lr:hierarchicalSubject></rdf:Description>")]
    [InlineData("<rdf:Description><dc:subject><rdf:Bag><rdf:li>Examplecity</rdf:li></rdf:Bag></dc:subject></rdf:Description>")]
    [InlineData("<rdf:Description xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\" digiKam:TagsList=\"Examplecity\"/>")]
    [InlineData("<rdf:Description exif:UserComment=\"Examplecity\"/>")]
    [InlineData("<rdf:Description xmlns:unknown=\"http://ns.example.org/\" unknown:Where='Examplecity'/>")]
    public void An_XMP_packet_goes_when_it_has_a_property_that_may_tell_the_place(string inside)
    {
        byte[] file = Pictures.InsertAfterStart(Pictures.Jpeg(64, 48), Pictures.Segment(0xE1, Xmp(inside)));

        ShouldHaveNone(Strip(file, ImageFormat.Jpeg, Stripping.Gps), "Example", "xap");
    }

    [Fact]
    public void An_XMP_packet_of_dates_ratings_titles_and_camera_settings_stays()
    {
        byte[] xmp = Xmp(
            "<rdf:Description xmlns:aux=\"http://ns.adobe.com/exif/1.0/aux/\" xmp:CreateDate=\"2026-07-14T09:31:05\" xmp:Rating=\"5\" aux:Lens=\"50 mm\" exif:FNumber=\"28/10\">"
            + "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">On the summit</rdf:li></rdf:Alt></dc:title></rdf:Description>");
        byte[] file = Pictures.InsertAfterStart(Pictures.Jpeg(64, 48), Pictures.Segment(0xE1, xmp));

        Contains(Strip(file, ImageFormat.Jpeg, Stripping.Gps), "On the summit").Should().BeTrue();
    }

    [Fact]
    public void What_an_EXIF_block_has_that_nobody_can_read_for_places_goes_and_the_rest_stays()
    {
        ExifTag makersNote = new(0x927C, 7, 27) { Blob = [.. "Panasonic\0\0\0Examplecity\0\0\0\0"u8] };
        byte[] exif = ExifWriter.Write(
            true,
            [
                ExifTag.Text(0x010E, "Address: Example Street 1"),
                ExifTag.Text(0x013B, "SECRET-OWNER"),
                ExifTag.Directory(
                    0x8769,
                    ExifTag.Text(0x9003, "2026:07:14 09:31:05"),
                    makersNote,
                    new ExifTag(0x9286, 7, 28) { Blob = [.. "ASCII\0\0\0"u8, .. "location=Examplecity"u8] },
                    ExifTag.Text(0xA434, "SECRET-LENS")),
                ExifTag.Text(0x9C9E, "Examplecity"),
                ExifTag.Text(0xC7B5, "Example of a private tag"),
            ]);
        byte[] file = Pictures.InsertAfterStart(Pictures.Jpeg(64, 48), Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. exif]));

        byte[] stripped = Strip(file, ImageFormat.Jpeg, Stripping.Gps);

        ShouldHaveNone(stripped, "Example", "Panasonic");
        Contains(stripped, "SECRET-OWNER").Should().BeTrue();
        Contains(stripped, "SECRET-LENS").Should().BeTrue();
        Walks.FactsOf(stripped, ImageFormat.Jpeg).TakenAt.Should().Be(Walks.FactsOf(file, ImageFormat.Jpeg).TakenAt);
    }

    [Fact]
    public void Comments_and_texts_stay_unless_they_tell_the_place_or_can_not_be_read()
    {
        byte[] jpeg = Pictures.InsertAfterStart(
            Pictures.Jpeg(64, 48), Pictures.Segment(0xFE, "GPS 45.1, 6.2 PLACE"u8.ToArray()), Pictures.Segment(0xFE, "On the summit"u8.ToArray()));
        byte[] png = Pictures.InsertAfterHeader(
            Pictures.Png(64, 48),
            Pictures.Chunk("tEXt", "Comment\0Location: PLACE"u8.ToArray()),
            Pictures.Chunk("tEXt", "Comment\0On the summit"u8.ToArray()),
            Pictures.Chunk("zTXt", [.. "SECRET\0\0"u8, .. Pictures.Deflate("PLACE"u8.ToArray())]));
        byte[] animation = Pictures.AnimatedGif(40, 30, [100, 200], loops: 1);
        int at = 13 + ((animation[10] & 0x80) == 0 ? 0 : 3 << ((animation[10] & 7) + 1));
        byte[] gif = [.. animation[..at], 0x21, 0xFE, 14, .. "Latitude PLACE"u8, 0, 0x21, 0xFE, 13, .. "On the summit"u8, 0, .. animation[at..]];

        foreach ((byte[] file, ImageFormat format) in new[] { (jpeg, ImageFormat.Jpeg), (png, ImageFormat.Png), (gif, ImageFormat.Gif) })
        {
            byte[] stripped = Strip(file, format, Stripping.Gps);

            ShouldHaveNone(stripped, "PLACE", "SECRET");
            Contains(stripped, "On the summit").Should().BeTrue("of {0}", format);
        }
    }

    [Theory]
    [MemberData(nameof(Pngs))]
    public void Of_a_PNG_pixels_stay_and_what_must_not_be_known_goes(string name)
    {
        byte[] file = PngFiles().Single(one => one.Name == name).File;

        byte[] all = Strip(file, ImageFormat.Png, Stripping.All);
        byte[] gps = Strip(file, ImageFormat.Png, Stripping.Gps);

        ShouldShowTheSame(file, all);
        ShouldShowTheSame(file, gps);
        Look.ExtrasOf(all).Should().BeSubsetOf(["eXIf", "iCCP", "gAMA", "bKGD", "sBIT"]);
        ShouldHaveNone(all, "SECRET", "GPS", "PLACE", "XML", "Raw");
        ShouldHaveNone(gps, "GPS", "PLACE", "Raw");
        Walks.FactsOf(gps, ImageFormat.Png).Gps.Should().BeNull();
        Walks.FactsOf(gps, ImageFormat.Png).TakenAt.Should().Be(Walks.FactsOf(file, ImageFormat.Png).TakenAt);
        Look.ExtrasOf(gps).Should().Contain("tEXt", "a title is no place");
    }

    [Fact]
    public void Of_a_GIF_frames_and_loop_stay_and_other_blocks_go()
    {
        byte[] gif = Pictures.AnimatedGif(40, 30, [100, 200, 300], loops: 5);
        int at = 13 + ((gif[10] & 0x80) == 0 ? 0 : 3 << ((gif[10] & 7) + 1));
        byte[] comment = [0x21, 0xFE, 6, .. "SECRET"u8, 0];
        byte[] xmp = [0x21, 0xFF, 11, .. "XMP DataXMP"u8, 6, .. "SECRET"u8, 0];
        byte[] file = [.. gif[..at], .. comment, .. xmp, .. gif[at..], .. "SECRET"u8];

        byte[] stripped = Strip(file, ImageFormat.Gif, Stripping.All);

        stripped.Should().Equal(gif);
        Contains(Strip(file, ImageFormat.Gif, Stripping.Gps), "XMP").Should().BeFalse();
    }

    [Fact]
    public void Two_EXIF_directories_that_point_at_each_other_and_at_places_without_end_are_given_up()
    {
        byte[] exif = ExifWriter.Write(false, [ExifTag.Number16(0x0112, 6), ExifTag.Number32(0x8825, 8), ExifTag.Number32(0x8769, 8), ExifTag.Text(0x1B, "PLACE-BY-SATELLITE")]);
        byte[] file = Pictures.InsertAfterStart(Pictures.Jpeg(64, 48), Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. exif]));

        byte[] stripped = Strip(file, ImageFormat.Jpeg, Stripping.Gps);

        ShouldHaveNone(stripped, "PLACE");
        ShouldShowTheSame(file, stripped);
    }

    [NeedsToolFact(ExifTool)]
    public async Task Exiftool_finds_no_place_where_it_found_one()
    {
        string folder = _folder.Folder("asked");
        foreach ((string name, byte[] file) in JpegFiles().Concat(PngFiles()))
        {
            ImageFormat format = file[0] == 0xFF ? ImageFormat.Jpeg : ImageFormat.Png;
            _folder.Write($"asked/{name} as it was", file);
            _folder.Write($"asked/{name} gps", Strip(file, format, Stripping.Gps));
            _folder.Write($"asked/{name} all", Strip(file, format, Stripping.All));
        }

        foreach ((string name, string seen) in await AskExifToolAsync(folder))
        {
            if (name.EndsWith("as it was", StringComparison.Ordinal))
            {
                seen.Should().Contain("GPSLatitude", "{0} has a place, else this says nothing", name);
            }
            else
            {
                seen.Should().NotContainAny(["GPS", "Latitude", "City", "PLACE", "Warning"], "of {0}", name);
            }

            if (name.EndsWith("all", StringComparison.Ordinal))
            {
                seen.Should().NotContainAny(["SECRET", "ThumbnailImage", "XMP", "IPTC"], "of {0}", name);
            }
        }
    }

    [Fact]
    public void Whatever_bytes_are_changed_nothing_is_thrown_and_no_place_is_read()
    {
        Random random = new(20_261_126);
        (byte[] File, ImageFormat Format)[] files =
        [
            .. JpegFiles().Select(one => (one.File, ImageFormat.Jpeg)),
            .. PngFiles().Select(one => (one.File, ImageFormat.Png)),
            (Pictures.AnimatedGif(40, 30, [100, 200, 300], loops: 5), ImageFormat.Gif),
        ];
        for (int i = 0; i < 1_500; i++)
        {
            (byte[] original, ImageFormat format) = files[i % files.Length];
            byte[] file = [.. original];
            int head = Math.Min(file.Length, 2_000); // where the metadata are
            for (int places = random.Next(1, 8); places > 0; places--)
            {
                file[random.Next(random.Next(4) == 0 ? file.Length : head)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            file = file[..(random.Next(3) == 0 ? random.Next(file.Length) : file.Length)];
            foreach (Stripping what in new[] { Stripping.Gps, Stripping.All })
            {
                byte[] stripped = Strip(file, format, what);
                stripped.Length.Should().BeLessThanOrEqualTo(file.Length + 64);
                Walks.FactsOf(stripped, format).Gps.Should().BeNull($"mutation {i}");
            }
        }
    }

    private static IEnumerable<(string Name, byte[] File)> JpegFiles()
    {
        byte[] thumbnail = WithMetadata(Pictures.Jpeg(16, 12), ExifWriter.Write(false, [ExifTag.Directory(0x8825, ExifWriter.Place)]), xmp: false);
        for (ushort orientation = 1; orientation <= 8; orientation++)
        {
            yield return ($"orientation {orientation}", WithMetadata(Pictures.Jpeg(64, 48), ExifWriter.Photo(orientation % 2 == 0, orientation, thumbnail)));
        }

        using Image image = Pictures.Noise(160, 120);
        byte[] progressive = image.JpegsaveBuffer(interlace: true, keep: Enums.ForeignKeep.None);
        yield return ("progressive", WithMetadata(progressive, ExifWriter.Photo(true, 6, thumbnail)));
        using Image print = image.Colourspace(Enums.Interpretation.Cmyk);
        yield return ("CMYK", WithMetadata(print.JpegsaveBuffer(keep: Enums.ForeignKeep.Icc), ExifWriter.Photo(false, 3)));
        yield return ("restarts", WithMetadata(image.JpegsaveBuffer(restartInterval: 4, keep: Enums.ForeignKeep.None), ExifWriter.Photo(false)));
        using Image tagged = image.IccTransform("p3", inputProfile: "srgb");
        yield return ("profile", WithMetadata(tagged.JpegsaveBuffer(keep: Enums.ForeignKeep.Icc), ExifWriter.Photo(true)));
    }

    private static byte[] WithMetadata(byte[] jpeg, byte[] exif, bool xmp = true)
    {
        byte[] extended = [.. "http://ns.adobe.com/xmp/extension/\0"u8, .. new byte[40], .. "<x exif:GPSAltitude=\"PLACE\"/>"u8];
        byte[] iptc = [0x1C, 2, 0x5A, 0, 5, .. "PLACE"u8];
        byte[] photoshop = [.. "Photoshop 3.0\08BIM"u8, 4, 4, 0, 0, 0, 0, 0, (byte)iptc.Length, .. iptc];
        byte[][] segments = !xmp ? [Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. exif])] :
        [
            Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. exif]),
            Pictures.Segment(0xE1, GpsXmp),
            Pictures.Segment(0xE1, extended),
            Pictures.Segment(0xED, photoshop),
            Pictures.Segment(0xE2, [.. "MPF\0"u8, 0, 0]),
            Pictures.Segment(0xFE, "SECRET comment"u8.ToArray()),
        ];
        byte[] trailing = xmp ? [.. "SECRET film with a PLACE"u8] : [];
        return [.. Pictures.InsertAfterStart(jpeg, segments), .. trailing];
    }

    private static IEnumerable<(string Name, byte[] File)> PngFiles()
    {
        byte[] exif = ExifWriter.Photo(true, 6);
        byte[] xmp = [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. GpsXmp[29..]];
        foreach ((string name, byte[] png) in new[] { ("colours", Pictures.Png(64, 48)), ("palette", Pictures.PalettePng(64, 48)), ("transparent", Pictures.TransparentPng(64, 48)), ("deep", Pictures.TransparentPng(64, 48, Enums.BandFormat.Ushort)) })
        {
            yield return (name, [
                .. Pictures.InsertAfterHeader(
                    png,
                    Pictures.Chunk("eXIf", exif),
                    Pictures.Chunk("iTXt", xmp),
                    Pictures.Chunk("zTXt", [.. "Raw profile type exif\0\0"u8, .. Pictures.Deflate("PLACE"u8.ToArray())]),
                    Pictures.Chunk("tEXt", "Title\0SECRET-TITLE"u8.ToArray()),
                    Pictures.Chunk("prVt", "PLACE"u8.ToArray())),
                .. "PLACE"u8,
            ]);
        }
    }

    private static byte[] Xmp(string inside) => Encoding.UTF8.GetBytes(
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
        + $"xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">{inside}</rdf:RDF></x:xmpmeta>");

    private static byte[] Strip(byte[] file, ImageFormat format, Stripping what)
    {
        using MemoryStream source = new(file);
        using MemoryStream destination = new();
        KnownFormats.Of(format).Strip(source, destination, what);
        return destination.ToArray();
    }

    private static void ShouldShowTheSame(byte[] file, byte[] stripped)
    {
        using Image before = Image.NewFromBuffer(file);
        using Image after = Image.NewFromBuffer(stripped);
        using Image difference = before - after;
        using Image distance = difference.Abs();
        distance.Max().Should().Be(0);
        Field(after, "orientation").Should().Be(Field(before, "orientation"));
        Blob(after).Should().Equal(Blob(before));

        static object? Field(Image image, string name) => image.Contains(name) ? image.Get(name) : null;
        static byte[] Blob(Image image) => image.Contains("icc-profile-data") ? (byte[])image.Get("icc-profile-data") : [];
    }

    private static void ShouldHaveNone(byte[] file, params string[] texts) => texts.Where(text => Contains(file, text)).Should().BeEmpty();

    private static bool Contains(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    /// <returns>What it reports for each file of a folder.</returns>
    private static async Task<Dictionary<string, string>> AskExifToolAsync(string folder)
    {
        ProcessStartInfo start = new(ExifTool, ["-a", "-G", "-u", "-ee", "-s", .. Directory.GetFiles(folder)]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        string[] files = output.Split("======== ", StringSplitOptions.RemoveEmptyEntries);
        files.Length.Should().BeGreaterThan(40);
        return files.ToDictionary(file => Path.GetFileName(file[..file.IndexOf('\n')]));
    }
}
