using System.Xml;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Tells the format of a file by its bytes alone; the client's name and type for it are never asked.</summary>
public static class FormatSniffer
{
    /// <param name="content">At its start; seekable. Left anywhere.</param>
    /// <returns>One of the formats that are uploaded, or null for all else (TIFF, WebP, text …).</returns>
    public static async Task<ImageFormat?> SniffAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] head = new byte[16];
        int length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        if (BySignature(head.AsSpan(0, length)) is { } format)
        {
            return format;
        }

        content.Position = 0;
        return LooksLikeText(head.AsSpan(0, length)) && await IsSvgAsync(content) ? ImageFormat.Svg : null;
    }

    /// <param name="head">Of the file; 8 bytes are enough.</param>
    /// <returns>JPEG, PNG, GIF, or null for all else: a drawing has no signature.</returns>
    public static ImageFormat? BySignature(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ImageFormat.Jpeg
        : head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? ImageFormat.Png
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? ImageFormat.Gif
        : null;

    // XML in any encoding begins with '<', white space or a byte order mark; this saves the parser for nearly all else.
    private static bool LooksLikeText(ReadOnlySpan<byte> head) =>
        head.Length > 0 && head[0] is (byte)'<' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xFE or 0xFF or 0;

    private static async Task<bool> IsSvgAsync(Stream content)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(content, new XmlReaderSettings
            {
                Async = true,
                DtdProcessing = DtdProcessing.Ignore, // drawing programs write a DOCTYPE; nothing of it is read
                XmlResolver = null,
            });
            while (await reader.ReadAsync())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    return reader.LocalName == "svg" && reader.NamespaceURI is "http://www.w3.org/2000/svg" or "";
                }
            }
        }
        catch (XmlException)
        {
            // Not XML as far as its first element: some other kind of file.
        }

        return false;
    }
}
