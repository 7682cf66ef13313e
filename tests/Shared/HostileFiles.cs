using System.Text;

namespace ImageBackend.Testing;

/// <summary>Files made to be expensive: each has a form that grows with its bytes. None comes from a third party.</summary>
internal static class HostileFiles
{
    private const string Head = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"100\" height=\"100\">";

    /// <param name="bytes">Approximate size of each file.</param>
    public static IEnumerable<(string Name, byte[] File)> All(int bytes) =>
    [
        ("attributes", Attributes(bytes)),
        ("attributes behind a long comment", [.. "<!-- "u8, .. Filled(10_000, "- "u8), .. "-->"u8, .. Attributes(bytes)]),
        ("attributes in UTF-16", Encoding.Unicode.GetBytes(Encoding.ASCII.GetString(Attributes(bytes / 2)))),
        ("comment", [.. "<!--"u8, .. Filled(bytes, "x"u8), .. "--><svg/>"u8]),
        ("name", [.. "<svg:"u8, .. Filled(bytes, "x"u8), .. "/>"u8]),
        ("value", [.. "<svg a='"u8, .. Filled(bytes, "x"u8), .. "'/>"u8]),
        ("white space", [.. Filled(bytes, " \n"u8), .. "<svg/>"u8]),
        ("instruction", [.. "<?x "u8, .. Filled(bytes, "x"u8), .. "?><svg/>"u8]),
        ("entities", [.. "<!DOCTYPE svg ["u8, .. Filled(bytes, "<!ENTITY a \"b\">"u8), .. "]><svg/>"u8]),
        ("elements", [.. Encoding.ASCII.GetBytes(Head), .. Filled(bytes, "<g/>"u8), .. "</svg>"u8]),
        ("text", Filled(bytes, "This is not a picture. "u8)),
        ("zeros", new byte[bytes]),
        ("JPEG of empty segments", [0xFF, 0xD8, .. Filled(bytes, [0xFF, 0xE0, 0x00, 0x02]), 0xFF, 0xD9]),
        ("JPEG of fill bytes", [0xFF, 0xD8, .. Filled(bytes, [0xFF]), 0xD9]),
        ("JPEG of markers without length", [0xFF, 0xD8, .. Filled(bytes, [0xFF, 0x01]), 0xFF, 0xD9]),
        ("JPEG of what no marker leads to", [0xFF, 0xD8, 0xFF, 0x00, .. Filled(bytes, "x"u8)]),
        ("JPEG of stuffed bytes", [.. Pictures.Jpeg(64, 48)[..^2], .. Filled(bytes, [0xFF, 0x00]), 0xFF, 0xD9]),
        ("JPEG of EXIF", Pictures.InsertAfterStart(Pictures.Jpeg(64, 48), [.. Repeated(Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. Pictures.Exif(6, gps: true), .. new byte[60_000]]), bytes)])),
        ("JPEG of XMP", Pictures.InsertAfterStart(Pictures.Jpeg(64, 48), [.. Repeated(Pictures.Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Filled(60_000, "<x/>"u8)]), bytes)])),
        ("PNG of empty chunks", Pictures.InsertAfterHeader(Pictures.Png(64, 48), [.. Repeated(Pictures.Chunk("teXt", []), bytes)])),
        ("PNG of texts", Pictures.InsertAfterHeader(Pictures.Png(64, 48), [.. Repeated(Pictures.Chunk("tEXt", [.. "a\0"u8, .. Filled(60_000, "b"u8)]), bytes)])),
        ("GIF of short blocks", [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x21, 0xFE, .. Filled(bytes, [1, 65]), 0, 0x3B]),
        ("GIF of extensions", [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, .. Filled(bytes, [0x21, 0xFE, 1, 65, 0]), 0x3B]),
    ];

    /// <summary>Drawings of some kilobytes that grow a billionfold, unnoticed by careless counting.</summary>
    public static IEnumerable<(string Name, byte[] File)> Drawings() => new (string Name, string Text)[]
    {
        ("laughs", Laughs(target => $"<use href=\"#{target}\"/>")),
        ("laughs with a blank", Laughs(target => $"<use href=\" #{target}\"/>")),
        ("laughs with two addresses", Laughs(target => $"<use href=\"x\" xlink:href=\"#{target}\"/>")),
        ("laughs that are dropped first", Laughs(target => $"<use href=\"#{target}\"/>").Replace(
            "<defs>", $"<metadata>{string.Concat(Enumerable.Range(0, 10).Select(i => $"<g id=\"a{i}\"/>"))}</metadata><defs>", StringComparison.Ordinal)),
        ("opacity", $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1500\" height=\"1500\">{Repeat("<g opacity=\"0.99\">", 190)}<rect width=\"1500\" height=\"1500\" fill=\"red\"/>{Repeat("</g>", 190)}</svg>"),
    }.Select(one => (one.Name, Encoding.ASCII.GetBytes(one.Text)));

    /// <summary>An element with a great many attributes, each with a different name.</summary>
    public static byte[] Attributes(int bytes)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        StringBuilder text = new("<svg", bytes + 16);
        for (int i = 0; text.Length < bytes; i++)
        {
            text.Append(' ');
            for (int digit = 0, rest = i; digit < 5; digit++, rest /= Letters.Length)
            {
                text.Append(Letters[rest % Letters.Length]);
            }

            text.Append("=''");
        }

        return Encoding.ASCII.GetBytes(text.Append("/>").ToString());
    }

    private static string Laughs(Func<string, string> use)
    {
        StringBuilder text = new(Head + "<defs><g id=\"a0\"><rect width=\"1\" height=\"1\"/></g>");
        for (int i = 1; i <= 9; i++)
        {
            text.Append($"<g id=\"a{i}\">{Repeat(use($"a{i - 1}"), 10)}</g>");
        }

        // Hidden from a renderer, shown by a browser after a second.
        return text.Append("</defs><rect width=\"100\" height=\"100\" fill=\"red\"/><g display=\"none\"><set attributeName=\"display\" to=\"inline\" begin=\"1s\"/>")
            .Append(use("a9")).Append("</g></svg>").ToString();
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static IEnumerable<byte[]> Repeated(byte[] piece, int bytes) => Enumerable.Repeat(piece, bytes / piece.Length);

    private static byte[] Filled(int bytes, ReadOnlySpan<byte> piece)
    {
        byte[] filled = new byte[bytes / piece.Length * piece.Length];
        for (int at = 0; at < filled.Length; at += piece.Length)
        {
            piece.CopyTo(filled.AsSpan(at));
        }

        return filled;
    }
}
