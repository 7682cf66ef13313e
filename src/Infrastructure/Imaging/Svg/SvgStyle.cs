using System.Text;
using System.Text.RegularExpressions;

namespace ImageBackend.Infrastructure.Imaging.Svg;

/// <summary>Keeps of CSS what it can read to the end and knows: rules and declarations of plain values. The rest is left out, as a browser does with what it does not know.</summary>
/// <remarks>No escapes, no at-rules, no functions but those of colours and transformations, no <c>url()</c> but of a fragment.</remarks>
internal static partial class SvgStyle
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    /// <returns>The value, or null when it is not wholly understood.</returns>
    public static string? CleanValue(string value) => Value().IsMatch(value) ? value : null;

    /// <param name="text">As in a <c>style</c> attribute.</param>
    /// <returns>The declarations that are kept; null: none.</returns>
    public static string? CleanDeclarations(string text)
    {
        StringBuilder kept = new();
        foreach (string declaration in Comment().Replace(text, " ").Split(';'))
        {
            int colon = declaration.IndexOf(':', StringComparison.Ordinal);
            string property = colon < 0 ? string.Empty : declaration[..colon].Trim();
            if (SvgVocabulary.Properties.Contains(property) && CleanValue(declaration[(colon + 1)..].Trim()) is { Length: > 0 } value)
            {
                kept.Append(property).Append(':').Append(value).Append(';');
            }
        }

        return kept.Length == 0 ? null : kept.ToString();
    }

    /// <param name="text">As in a <c>style</c> element.</param>
    /// <returns>The rules that are kept.</returns>
    public static string CleanSheet(string text)
    {
        StringBuilder kept = new();
        string sheet = Comment().Replace(text, " ");
        int at = 0;
        while (at < sheet.Length)
        {
            int open = sheet.IndexOfAny(['{', ';'], at);
            if (open < 0)
            {
                break;
            }

            string selector = sheet[at..open].Trim();
            if (sheet[open] == ';')
            {
                at = open + 1; // an at-rule without a block
                continue;
            }

            int close = EndOfBlock(sheet, open);
            if (Selector().IsMatch(selector) && CleanDeclarations(sheet[(open + 1)..close]) is { } declarations)
            {
                kept.Append(selector).Append('{').Append(declarations).Append('}');
            }

            at = close + 1;
        }

        return kept.ToString();
    }

    // A block in a block makes no declaration that is kept: a brace is in no value.
    private static int EndOfBlock(string sheet, int open)
    {
        int depth = 0;
        for (int i = open; i < sheet.Length; i++)
        {
            depth += sheet[i] == '{' ? 1 : sheet[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return sheet.Length;
    }

    [GeneratedRegex(@"/\*([^*]|\*+[^*/])*(\*+/|\z)", Linear)]
    private static partial Regex Comment();

    // Elements, classes, names and their combinations; no brackets, no quotes, no escapes.
    [GeneratedRegex(@"\A[\w\-.#*,>+~:\s]+\z", Linear)]
    private static partial Regex Selector();

    // Words, numbers with units, colours, names in quotes; functions of colour and transformation; url(#fragment), also in quotes.
    [GeneratedRegex(
        """
        \A(?:[\w\-.+%#,/*\s]|![\s]*important\b|"[\w\s.,\-]*"|'[\w\s.,\-]*'
        |\b(?:rgba?|hsla?|matrix|translate[XY]?|scale[XY]?|rotate|skew[XY]?)\([\w\-.+%,/\s]*\)
        |\burl\(\s*(?:\#[\w\-.:]+|"\#[\w\-.:]+"|'\#[\w\-.:]+')\s*\))*\z
        """,
        Linear | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Value();
}
