using System.Globalization;
using System.Text;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

public sealed class FormatSnifferTests
{
    private const string SvgNamespace = "http://www.w3.org/2000/svg";

    public static TheoryData<string, string> Drawings => new()
    {
        { "plain", $"<svg xmlns=\"{SvgNamespace}\"/>" },
        { "without namespace", "<svg/>" },
        { "with prefix", $"<s:svg xmlns:s=\"{SvgNamespace}\"/>" },
        { "declared", $"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<svg xmlns=\"{SvgNamespace}\"/>" },
        { "latin", $"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><svg xmlns=\"{SvgNamespace}\"/>" },
        { "white space before", $" \r\n\t<svg xmlns=\"{SvgNamespace}\"/>" },
        { "comment before", $"<!-- made by hand --><svg xmlns=\"{SvgNamespace}\"/>" },
        { "a comment longer than any buffer", $"<!-- {new string('x', 100_000)} --><svg xmlns=\"{SvgNamespace}\"/>" },
        { "doctype", $"<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg xmlns=\"{SvgNamespace}\"/>" },
        { "doctype of illustrator", $"<!DOCTYPE svg [<!ENTITY ns_svg \"{SvgNamespace}\">]><svg xmlns=\"{SvgNamespace}\"/>" },
        { "broken further on", $"<svg xmlns=\"{SvgNamespace}\"><g></svg>" },
        { "windows-1252", $"<?xml version=\"1.0\" encoding=\"windows-1252\"?><svg xmlns=\"{SvgNamespace}\"/>" },
        { "doctype with quotes and brackets in it", $"<!DOCTYPE svg [<!-- don't ]> --><?x ]> ?><!ENTITY a \"]>\"><!ENTITY b '\"'>]><svg xmlns=\"{SvgNamespace}\"/>" },
        { "entities longer than what is looked at", $"<!DOCTYPE svg [{string.Concat(Enumerable.Range(0, 500).Select(i => $"<!ENTITY ns_{i} \"http://ns.adobe.com/\">"))}]><svg xmlns=\"{SvgNamespace}\"/>" },
        { "a declaration longer than what is looked at", $"<?xml version=\"1.0\"{new string(' ', 5_000)}?><svg/>" },
        { "left to the parser: svg of another language", "<svg xmlns=\"http://example.org/\"/>" },
        { "left to the parser: unknown encoding", "<?xml version=\"1.0\" encoding=\"klingon\"?><svg/>" },
        { "left to the parser: a name longer than what is looked at", $"<{new string('x', 5_000)}/>" },
        { "cut off", $"<svg xmlns=\"{SvgNamespace}\"><g>" },
        { "with a script", $"<svg xmlns=\"{SvgNamespace}\"><script>alert(1)</script></svg>" },
    };

    public static TheoryData<string, string> Others => new()
    {
        { "nothing", "" },
        { "text", "This is a photo.jpg" },
        { "html", "<html><body><svg xmlns=\"http://www.w3.org/2000/svg\"/></body></html>" },
        { "other xml", "<drawing/>" },
        { "capitals", "<SVG/>" },
        { "a doctype alone", "<!DOCTYPE svg>" },
        { "a comment alone", "<!-- <svg/> -->" },
        { "a declaration alone", "<?xml version=\"1.0\"?>" },
        { "text before", "x<svg/>" },
        { "no xml", "<svg" },
        { "an entity in place of the root", "<!DOCTYPE svg [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;" },
        { "declaration of no kind", "<!ELEMENT svg ANY><svg/>" },
        { "a name that begins alike", "<svgz/>" },
        { "a prefix alone", "<svg:g/>" },
        { "tiff", "II*\0\u0008\0\0\0" },
        { "big tiff", "MM\0*\0\0\0\u0008" },
        { "bmp", "BM\u0010\0\0\0\0\0\0\0" },
        { "webp", "RIFF\u0024\0\0\0WEBPVP8 " },
        { "avif", "\0\0\0 ftypavif\0\0\0\0" },
        { "heic", "\0\0\0 ftypheic\0\0\0\0" },
        { "pdf", "%PDF-1.7" },
        { "zip", "PK\u0003\u0004" },
        { "postscript", "%!PS-Adobe-3.0 EPSF-3.0" },
        { "half a jpeg's mark", "\u00FF\u00D8" },
        { "a jpeg's mark spoilt", "\u00FF\u00D8\0\u00FF" },
        { "half a png's mark", "\u0089PNG\r\n\u001A" },
        { "a png that lost its line ends", "\u0089PNG\n\u001A\n\0\0\0\u000DIHDR" },
        { "another gif", "GIF88a" },
    };

    private static readonly string[] Files =
    [
        "\u00FF\u00D8\u00FF\u00E0 a photo", "\u0089PNG\r\n\u001A\n a screenshot", "GIF89a a film",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><title>&a;</title></svg>",
    ];

    [Fact]
    public async Task Tells_photos_by_their_first_bytes()
    {
        (await SniffAsync(TestPictures.Jpeg())).Should().Be(ImageFormat.Jpeg);
        (await SniffAsync(TestPictures.Png())).Should().Be(ImageFormat.Png);
        (await SniffAsync(TestPictures.Gif())).Should().Be(ImageFormat.Gif);
        (await SniffAsync("GIF87a"u8.ToArray())).Should().Be(ImageFormat.Gif);
        (await SniffAsync([0xFF, 0xD8, 0xFF])).Should().Be(ImageFormat.Jpeg);
        (await SniffAsync([0x89, .. "PNG\r\n\u001A\n"u8])).Should().Be(ImageFormat.Png);
    }

    [Theory]
    [Trait("fault", "v6-4")]
    [Trait("fault", "c2c-14")]
    [MemberData(nameof(Drawings))]
    public async Task Tells_a_drawing_by_its_root_in_every_encoding(string what, string text)
    {
        (await SniffAsync(Encoding.UTF8.GetBytes(text))).Should().Be(ImageFormat.Svg, what);

        if (!text.Contains("encoding="))
        {
            foreach (Encoding encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
            {
                byte[] unmarked = encoding.GetBytes(text);
                (await SniffAsync([.. encoding.GetPreamble(), .. unmarked])).Should().Be(ImageFormat.Svg, $"{what} in {encoding.EncodingName}");
                (await SniffAsync(unmarked)).Should().Be(ImageFormat.Svg, $"{what} in {encoding.EncodingName}, unmarked");
            }
        }
    }

    [Theory]
    [Trait("fault", "v6-4")]
    [MemberData(nameof(Others))]
    public async Task Tells_nothing_of_other_files(string what, string bytes)
    {
        (await SniffAsync(Encoding.Latin1.GetBytes(bytes))).Should().BeNull(what);
    }

    [Fact]
    [Trait("fault", "c2c-14")]
    public async Task Believes_the_first_bytes_of_a_file_that_is_two_things()
    {
        (await SniffAsync([.. "GIF89a"u8, .. "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8])).Should().Be(ImageFormat.Gif);
    }

    [Fact]
    public async Task Does_not_expand_what_a_doctype_declares()
    {
        StringBuilder bomb = new("<!DOCTYPE svg [<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 60; i++)
        {
            bomb.Append($"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};\">");
        }

        (await SniffAsync(Encoding.UTF8.GetBytes($"{bomb}]><svg><text>&a59;</text></svg>"))).Should().Be(ImageFormat.Svg);
    }

    [Fact]
    public async Task Bears_any_bytes()
    {
        Random random = new(Seed: 20250601);
        byte[] first = "< \t\r\n\u00EF\u00FE\u00FF\0"u8.ToArray();
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            bytes[0] = first[i % first.Length];
            if (i % 2 == 0 && bytes.Length > 16)
            {
                "<?xml version='1"u8.CopyTo(bytes);
            }

            (await SniffAsync(bytes)).Should().BeNull();
        }
    }

    [Fact]
    public async Task Mutations_of_files_are_of_some_format_or_none()
    {
        Random random = new(20_261_125);
        int count = int.Parse(Environment.GetEnvironmentVariable("MUTATIONS") ?? "500", CultureInfo.InvariantCulture); // the seed is fixed
        for (int i = 0; i < count; i++)
        {
            byte[] file = Encoding.Latin1.GetBytes(MutatedText.Of(Files[random.Next(Files.Length)], random));
            using MemoryStream stream = new(file);

            await FluentActions.Awaiting(() => FormatSniffer.SniffAsync(stream, default)).Should().NotThrowAsync(Convert.ToBase64String(file));
        }
    }

    [Theory]
    [InlineData("<svg ")] // attributes without end
    [InlineData("<!-- ")]
    [InlineData("<!DOCTYPE svg [")]
    [InlineData("<?xml ")]
    [InlineData("<x")]
    [InlineData("  ")]
    [InlineData("x")]
    public async Task Reads_no_more_than_the_first_kilobytes(string beginning)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(beginning), .. Enumerable.Repeat((byte)' ', 1_000_000)];
        await using StoppingStream stream = StoppingStream.Failing(content, stopAt: FormatSniffer.HeadBytes);

        await FluentActions.Awaiting(() => FormatSniffer.SniffAsync(stream, CancellationToken.None)).Should().NotThrowAsync();
    }

    [Fact]
    public async Task Goes_on_for_nobody_who_has_left()
    {
        await using StoppingStream stream = StoppingStream.Failing(new byte[10_000], stopAt: 10_000);

        await FluentActions.Awaiting(() => FormatSniffer.SniffAsync(stream, new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task<ImageFormat?> SniffAsync(byte[] content)
    {
        using MemoryStream stream = new(content, writable: false);
        return await FormatSniffer.SniffAsync(stream, CancellationToken.None);
    }
}
