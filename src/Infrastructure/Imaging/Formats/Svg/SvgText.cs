using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// Decodes a drawing's bytes to text, whatever their encoding, with a document type that declares plain words and nothing else.
/// </summary>
/// <remarks>
/// The only part kept of a document type is entities that are plain text, since Illustrator writes them: no entity in an entity, none
/// with markup, none from outside, no default attributes. A reference to any other entity refers to nothing, which is an XML error.
/// </remarks>
internal static partial class SvgText
{
    private const int MaxEntities = 200;

    private static readonly SearchValues<char> BehindName = SearchValues.Create(" \t\r\n/>");

    /// <returns>XML for a parser, without the XML declaration; line numbers match those of the document.</returns>
    /// <exception cref="InvalidImageException">
    /// Its root is not <c>svg</c>, its encoding is unknown or violated, or its entities expand to too many characters.
    /// </exception>
    public static string Read(byte[] document)
    {
        string text = Decode(document);
        int start = text.StartsWith("<?xml", StringComparison.Ordinal) && text.Length > 5 && char.IsWhiteSpace(text[5]) ? Behind(text, "?>", 5) : 0;
        int at = start;
        string declarations = string.Empty;
        while (true)
        {
            at = SkipWhite(text, at);
            if (Is(text, at, "<!DOCTYPE") && declarations.Length == 0)
            {
                Dictionary<string, string> entities = [];
                start = ReadDocumentType(text, at, entities);
                CheckLength(text, start, entities);
                declarations = Declare(entities);
                at = start;
            }
            else if (Is(text, at, "<!--") || Is(text, at, "<?"))
            {
                at = Behind(text, text[at + 1] == '?' ? "?>" : "-->", at + 2);
            }
            else
            {
                break;
            }
        }

        RequireDrawing(text, at);
        int lines = text.AsSpan(0, start).Count('\n');
        return lines == 0 && declarations.Length == 0 && start == 0 ? text : string.Concat(new string('\n', lines), declarations, text.AsSpan(start));
    }

    private static string Decode(byte[] document)
    {
        (Encoding encoding, int mark) = document switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Known("utf-8"), 3),
            [0xFF, 0xFE, 0, 0, ..] => (Known("utf-32"), 4),
            [0, 0, 0xFE, 0xFF, ..] => (Known("utf-32BE"), 4),
            [0xFF, 0xFE, ..] => (Known("utf-16"), 2),
            [0xFE, 0xFF, ..] => (Known("utf-16BE"), 2),
            [(byte)'<', 0, 0, 0, ..] => (Known("utf-32"), 0),
            [(byte)'<', 0, ..] => (Known("utf-16"), 0),
            [0, 0, 0, (byte)'<', ..] => (Known("utf-32BE"), 0),
            [0, (byte)'<', ..] => (Known("utf-16BE"), 0),
            _ => (Declared(document), 0),
        };
        try
        {
            return encoding.GetString(document, mark, document.Length - mark);
        }
        catch (DecoderFallbackException exception)
        {
            throw Broken($"The drawing has bytes that are not valid in its encoding, {encoding.WebName}.", exception);
        }
    }

    private static Encoding Declared(byte[] document)
    {
        Match declared = EncodingDeclaration().Match(Encoding.Latin1.GetString(document, 0, Math.Min(document.Length, 256)));
        string name = declared.Success ? declared.Groups["name"].Value.ToUpperInvariant() : "UTF-8";
        // As browsers do: text that could be read this far is not in an encoding with several bytes per letter, and a document that
        // claims Latin 1 contains Windows' characters.
        return name.StartsWith("UTF-16", StringComparison.Ordinal) || name.StartsWith("UTF-32", StringComparison.Ordinal) ? Known("utf-8")
            : name is "ISO-8859-1" or "LATIN1" or "US-ASCII" ? Known("windows-1252")
            : Known(name);
    }

    private static Encoding Known(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Broken($"The drawing's encoding, {name}, is not supported.", exception);
        }
    }

    private static void RequireDrawing(string text, int at)
    {
        int end = at < text.Length && text[at] == '<' ? text.AsSpan(at + 1).IndexOfAny(BehindName) : -1;
        string name = end < 0 ? string.Empty : text.Substring(at + 1, end);
        if (name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..] != "svg")
        {
            throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "The file is not an SVG drawing: its root element is not svg.");
        }
    }

    /// <returns>The position after it.</returns>
    private static int ReadDocumentType(string text, int at, Dictionary<string, string> entities)
    {
        at += "<!DOCTYPE".Length;
        while (true)
        {
            char next = At(text, at);
            if (next == '>')
            {
                return at + 1;
            }

            at = next == '[' ? ReadSubset(text, at + 1, entities)
                : next is '"' or '\'' ? Behind(text, next.ToString(), at + 1)
                : at + 1;
        }
    }

    private static int ReadSubset(string text, int at, Dictionary<string, string> entities)
    {
        while (true)
        {
            at = SkipWhite(text, at);
            char next = At(text, at);
            if (next == ']')
            {
                return at + 1;
            }

            if (Is(text, at, "<!ENTITY"))
            {
                Match entity = PlainEntity().Match(text, at, Math.Min(text.Length - at, UpToEnd(text, at) - at));
                if (entity.Success && IsPlain(entity.Groups["value"].Value) && entities.Count < MaxEntities)
                {
                    entities.TryAdd(entity.Groups["name"].Value, entity.Groups["value"].Value); // the first one counts
                }
            }

            at = Is(text, at, "<!--") ? Behind(text, "-->", at + 4)
                : Is(text, at, "<?") ? Behind(text, "?>", at + 2)
                : Is(text, at, "<!") ? UpToEnd(text, at)
                : next == '%' ? Behind(text, ";", at)
                : throw Broken("The drawing's document type is not well-formed.");
        }
    }

    /// <returns>The position after the declaration that begins here.</returns>
    private static int UpToEnd(string text, int at)
    {
        while (At(text, at) != '>')
        {
            at = text[at] is '"' or '\'' ? Behind(text, text[at].ToString(), at + 1) : at + 1;
        }

        return at + 1;
    }

    // A numeric reference, too, must not bring in characters that have a meaning in XML.
    private static bool IsPlain(string value)
    {
        for (int at = value.IndexOf('&', StringComparison.Ordinal); at >= 0; at = value.IndexOf('&', at + 1))
        {
            Match reference = NumericReference().Match(value, at, value.Length - at);
            bool isHexadecimal = reference.Groups["hexadecimal"].Success;
            if (!reference.Success
                || !int.TryParse(
                    reference.Groups[isHexadecimal ? "hexadecimal" : "decimal"].Value,
                    isHexadecimal ? NumberStyles.HexNumber : NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int code)
                || code is '&' or '<' or '%')
            {
                return false;
            }
        }

        return value.AsSpan().IndexOfAny('<', '%') < 0;
    }

    // One pass, before anything is expanded.
    private static void CheckLength(string text, int from, Dictionary<string, string> entities)
    {
        Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> byName = entities.GetAlternateLookup<ReadOnlySpan<char>>();
        long length = 0;
        for (int at = text.IndexOf('&', from); at >= 0 && entities.Count > 0; at = text.IndexOf('&', at + 1))
        {
            int end = text.AsSpan(at, Math.Min(text.Length - at, 100)).IndexOf(';');
            length += end > 1 && byName.TryGetValue(text.AsSpan(at + 1, end - 1), out string? value) ? value.Length : 0;
            if (length > UploadLimits.MaxDrawingBytes)
            {
                throw new InvalidImageException(
                    InvalidImageException.TooComplex,
                    $"The drawing's entities stand for more than {UploadLimits.MaxDrawingBytes} characters, which is the limit.",
                    UploadLimits.MaxDrawingBytes);
            }
        }
    }

    private static string Declare(Dictionary<string, string> entities)
    {
        StringBuilder result = new();
        foreach ((string name, string value) in entities)
        {
            result.Append(result.Length == 0 ? "<!DOCTYPE svg [" : string.Empty);
            result.Append(null, $"<!ENTITY {name} \"{value.Replace("\"", "&#34;", StringComparison.Ordinal)}\">");
        }

        return result.Append(result.Length == 0 ? string.Empty : "]>").ToString();
    }

    private static int SkipWhite(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }

        return at;
    }

    private static bool Is(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private static char At(string text, int at) => at < text.Length ? text[at] : throw CutOff();

    private static int Behind(string text, string what, int from) =>
        from < text.Length && text.IndexOf(what, from, StringComparison.Ordinal) is >= 0 and int found ? found + what.Length : throw CutOff();

    private static InvalidImageException CutOff() => Broken("The drawing is cut off before its root element.");

    private static InvalidImageException Broken(string detail, Exception? inner = null) => new(InvalidImageException.BrokenImage, detail, inner: inner);

    [GeneratedRegex("""\A<\?xml\s[^>]*?\bencoding\s*=\s*["'](?<name>[A-Za-z][\w.:\-]*)["']""", RegexOptions.CultureInvariant)]
    private static partial Regex EncodingDeclaration();

    // Neither a parameter entity (%) nor one from outside (SYSTEM, PUBLIC).
    [GeneratedRegex("""\G<!ENTITY\s+(?<name>[A-Za-z_][\w.\-]*)\s+(?:"(?<value>[^"]*)"|'(?<value>[^']*)')\s*>""", RegexOptions.CultureInvariant)]
    private static partial Regex PlainEntity();

    [GeneratedRegex(@"\G&#(?:x(?<hexadecimal>[0-9A-Fa-f]{1,6})|(?<decimal>[0-9]{1,7}));", RegexOptions.CultureInvariant)]
    private static partial Regex NumericReference();
}
