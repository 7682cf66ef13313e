using System.Buffers;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Tells the format of a file by its first bytes alone; the client's name and type for it are never asked.</summary>
public static class FormatSniffer
{
    /// <summary>Bytes that are looked at: what a file may cost here must not grow with it.</summary>
    public const int HeadBytes = 4096;

    private static readonly SearchValues<byte> BehindName = SearchValues.Create(" \t\r\n/>"u8);

    private enum Root
    {
        IsOther,
        IsSvg,

        /// <summary>The bytes end before it.</summary>
        IsToCome,
    }

    /// <param name="content">At its start. Left anywhere.</param>
    /// <returns>
    /// One of the formats that are uploaded, or null for all else (TIFF, WebP, text …). SVG says only that its beginning is that of
    /// a drawing, or of XML whose root comes later: whether it is one is told by whoever parses it, within limits.
    /// </returns>
    public static async Task<ImageFormat?> SniffAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadBytes];
        int length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        if (BySignature(head.AsSpan(0, length)) is { } format)
        {
            return format;
        }

        Root root = RootOf(TextOf(head.AsSpan(0, length)));
        return root == Root.IsSvg || (root == Root.IsToCome && length == HeadBytes) ? ImageFormat.Svg : null;
    }

    /// <param name="head">Of the file; 8 bytes are enough.</param>
    /// <returns>JPEG, PNG, GIF, or null for all else: a drawing has no signature.</returns>
    public static ImageFormat? BySignature(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ImageFormat.Jpeg
        : head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? ImageFormat.Png
        : head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) ? ImageFormat.Gif
        : null;

    // All that stands before a root's name is ASCII, or is passed over, in every encoding that XML comes in; without its zeros
    // UTF-16 and UTF-32 are as good as ASCII.
    private static ReadOnlySpan<byte> TextOf(Span<byte> head)
    {
        ReadOnlySpan<byte> marked = head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head[3..]
            : head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? head[2..]
            : head;
        int length = 0;
        foreach (byte one in marked)
        {
            if (one != 0)
            {
                head[length++] = one;
            }
        }

        return head[..length];
    }

    private static Root RootOf(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            text = text.TrimStart(" \t\r\n"u8);
            if (text is not [(byte)'<', ..])
            {
                return text.IsEmpty ? Root.IsToCome : Root.IsOther;
            }

            if (text is not [_, (byte)'?' or (byte)'!', ..])
            {
                return ElementIn(text[1..]);
            }

            int end = EndOf(text);
            if (end <= 0)
            {
                return end == 0 ? Root.IsOther : Root.IsToCome;
            }

            text = text[end..];
        }
    }

    private static Root ElementIn(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny(BehindName);
        return end < 0 ? Root.IsToCome
            : text[(text[..end].LastIndexOf((byte)':') + 1)..end].SequenceEqual("svg"u8) ? Root.IsSvg
            : Root.IsOther;
    }

    /// <param name="text">Begins with a declaration, a comment or a document type.</param>
    /// <returns>Its length; 0: it is none of them; -1: it does not end here.</returns>
    private static int EndOf(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> documentType = "<!DOCTYPE"u8;
        return text.StartsWith("<?"u8) ? Behind(text, "?>"u8)
            : text.StartsWith("<!--"u8) ? Behind(text, "-->"u8)
            : text.StartsWith(documentType) ? EndOfDocumentType(text, documentType.Length)
            : documentType.StartsWith(text) || "<!--"u8.StartsWith(text) ? -1
            : 0;
    }

    // Its declarations stand in brackets; what is in quotes or a comment ends nothing.
    private static int EndOfDocumentType(ReadOnlySpan<byte> text, int at)
    {
        int depth = 0;
        while (at < text.Length)
        {
            ReadOnlySpan<byte> rest = text[at..];
            if (rest is [(byte)'>', ..] && depth == 0)
            {
                return at + 1;
            }

            depth += rest[0] == '[' ? 1 : rest[0] == ']' ? -1 : 0;
            int length = rest[0] is (byte)'"' or (byte)'\'' ? Behind(rest[1..], rest[..1]) + 1
                : rest.StartsWith("<!--"u8) || rest.StartsWith("<?"u8) ? EndOf(rest)
                : 1;
            if (length <= 0)
            {
                return -1;
            }

            at += length;
        }

        return -1;
    }

    private static int Behind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end) => text.IndexOf(end) is >= 0 and int at ? at + end.Length : -1;
}
