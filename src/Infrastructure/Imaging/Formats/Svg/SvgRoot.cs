using System.Buffers;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>Tells by the first bytes of a file whether it may be a drawing; the parser decides, within limits, whether it is one.</summary>
internal static class SvgRoot
{
    private static readonly SearchValues<byte> BehindName = SearchValues.Create(" \t\r\n/>"u8);

    private enum Root
    {
        IsOther,
        IsSvg,

        /// <summary>The bytes end before the root.</summary>
        IsToCome,
    }

    /// <param name="head">Overwritten.</param>
    /// <param name="isAll">Whether the file has no further bytes.</param>
    /// <returns>Whether it begins like a drawing, or like XML whose root comes later.</returns>
    public static bool MayBeIn(Span<byte> head, bool isAll)
    {
        Root root = RootOf(TextOf(head));
        return root == Root.IsSvg || (root == Root.IsToCome && !isAll);
    }

    // Everything before the name of the root is ASCII, or is skipped, in every encoding that XML comes in; without their zeros,
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

    // Its declarations are in brackets; inside quotes or comments nothing ends it.
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
