using System.Buffers;
using System.Globalization;
using System.Text;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// Keeps the CSS of one drawing that it knows and fully understands: rules and declarations of plain values. The rest is left out, as a
/// browser does with anything unknown.
/// </summary>
/// <remarks>
/// The only functions are the listed ones (none of them fetches), the only <c>url()</c> is that of a fragment, and the only at-rules are
/// <c>@media</c> and <c>@keyframes</c>.
/// </remarks>
internal sealed class SvgStyle(SvgForm form)
{
    // Functions and conditions nested in one another.
    private const int MaxDepth = 10;

    // Pixels; a larger blur takes more time.
    private const double MaxRadius = 100;

    private static readonly SearchValues<char> NotInNames = SearchValues.Create(":/\\<>@{}();\"\n\r\f");

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    // Inside rules that apply only sometimes: what they say about variables counts for browsers alone.
    private bool _isConditional;

    /// <summary>Whether something was left out that might show in a rendering.</summary>
    public bool HasDropped { get; private set; }

    /// <summary>Whether something was left out that browsers show and our renderer never does.</summary>
    public bool HasDroppedUnseen { get; private set; }

    /// <summary>The names referred to by <c>url(#name)</c> in all values so far; the caller may empty it.</summary>
    public List<string> References { get; } = [];

    /// <summary>Whether something in the text could make a renderer decode unchecked data.</summary>
    public static bool IsOpaque(string text)
    {
        CssReader css = new(text);
        while (css.Next() != CssToken.End)
        {
            string decoded = css.Value.Length > 0 ? css.Value : css.Raw.ToString();
            if (string.Concat(decoded.Where(one => one > ' ')).Contains("data:", StringComparison.OrdinalIgnoreCase)
                || (css.Kind == CssToken.Bad && css.Raw.Contains('\\')))
            {
                return true;
            }
        }

        return text.Contains("data:", StringComparison.OrdinalIgnoreCase);
    }

    /// <returns>The value, or null if it is not fully understood.</returns>
    public string? CleanValue(string value)
    {
        if (form != SvgForm.Rendered && value.AsSpan().IndexOfAnyExcept(SvgVocabulary.PlainCharacters) < 0)
        {
            return value;
        }

        CssReader css = new(value);
        StringBuilder into = new(value.Length);
        css.Next();
        return TryValue(css, into) && css.Kind == CssToken.End ? into.ToString() : null;
    }

    /// <param name="text">As in a <c>style</c> attribute.</param>
    /// <param name="isOfRoot">Whether it belongs to the root, whose variables apply to the whole drawing.</param>
    /// <returns>The declarations that are kept; null: none.</returns>
    public string? CleanDeclarations(string text, bool isOfRoot = false)
    {
        CssReader css = new(text);
        StringBuilder kept = new();
        css.Next();
        while (css.Kind != CssToken.End)
        {
            Declarations(css, kept, isOfRoot);
            css.Next(); // a brace that closes nothing
        }

        return kept.Length == 0 ? null : kept.ToString();
    }

    /// <param name="text">All of a <c>style</c> element.</param>
    /// <returns>The rules that are kept.</returns>
    public string CleanSheet(string text)
    {
        CssReader css = new(text);
        StringBuilder kept = new();
        css.Next();
        while (css.Kind != CssToken.End)
        {
            Rules(css, kept, inside: null);
            css.Next();
        }

        return kept.ToString();
    }

    // Up to the brace that closes the surrounding block, or the end.
    private void Rules(CssReader css, StringBuilder into, string? inside)
    {
        while (css.Kind != CssToken.End && css.Mark != '}')
        {
            if (css.Kind is CssToken.White or CssToken.Ignored)
            {
                css.Next();
            }
            else if (css.Kind == CssToken.AtKeyword)
            {
                AtRule(css, into, inside);
            }
            else
            {
                Rule(css, into, isFrame: inside == "keyframes");
            }
        }
    }

    private void Rule(CssReader css, StringBuilder into, bool isFrame)
    {
        StringBuilder selector = new();
        bool isKnown = TrySelector(css, selector, isFrame, depth: 0);
        if (css.Kind == CssToken.End)
        {
            return;
        }

        css.Next(); // after the brace
        StringBuilder declarations = new();
        string name = selector.ToString().Trim();
        Declarations(css, declarations, isOfRoot: name is ":root" or "svg" or "*");
        css.Next();
        if (!isKnown || name.Length == 0)
        {
            HasDropped |= declarations.Length > 0;
        }
        else if (declarations.Length > 0)
        {
            into.Append(name).Append('{').Append(declarations).Append('}');
        }
    }

    private void AtRule(CssReader css, StringBuilder into, string? inside)
    {
        string name = css.Value.ToLowerInvariant();
        css.Next();
        StringBuilder prelude = new();
        while (css.Kind != CssToken.End && css.Mark is not ('{' or '}' or ';'))
        {
            prelude.Append(css.Kind == CssToken.White ? " " : css.Raw);
            css.Next();
        }

        if (css.Mark != '{')
        {
            if (css.Mark == ';')
            {
                css.Next();
            }

            return; // it only names something outside, or a character set
        }

        string condition = prelude.ToString().Trim();
        if (inside is not null || name is not ("media" or "keyframes" or "-webkit-keyframes") || !condition.All(one => char.IsLetterOrDigit(one) || " -_():.,<>=".Contains(one, StringComparison.Ordinal)))
        {
            int start = css.End;
            SkipBlock(css, '}');
            // A font inside is not accepted; browsers do not fetch one from outside for a picture.
            HasDroppedUnseen |= name is not ("page" or "property" or "font-palette-values" or "font-face") || (name == "font-face" && IsOpaque(css.Between(start, css.End)));
            css.Next();
            return;
        }

        css.Next();
        StringBuilder rules = new();
        bool isAlways = name == "media" && condition.ToLowerInvariant() is "" or "all" or "screen" or "only screen";
        _isConditional = !isAlways;
        Rules(css, rules, name == "media" ? name : "keyframes");
        _isConditional = false;
        css.Next();
        if (rules.Length == 0)
        {
            return;
        }

        if (form != SvgForm.Rendered)
        {
            into.Append('@').Append(name).Append(' ').Append(condition).Append('{').Append(rules).Append('}');
        }
        else if (isAlways)
        {
            into.Append(rules);
        }
    }

    private void Declarations(CssReader css, StringBuilder into, bool isOfRoot)
    {
        while (css.Kind != CssToken.End && css.Mark != '}')
        {
            if (css.Kind == CssToken.White || css.Mark == ';')
            {
                css.Next();
                continue;
            }

            string? property = css.Kind == CssToken.Ident ? PropertyOf(css.Value) : null;
            // Here they are attributes; in CSS they would also change the size of the whole drawing.
            bool isSize = css.Value.ToLowerInvariant() is "width" or "height";
            StringBuilder value = new();
            bool isKnown = property is not null && TryColon(css);
            isKnown &= TryValue(css, value);
            string text = value.ToString().Trim();
            if (!isKnown || text.Length == 0)
            {
                HasDropped |= property is not null || (isSize && !isOfRoot);
                continue;
            }

            if (isOfRoot && !_isConditional && form == SvgForm.Rendered && property!.StartsWith("--", StringComparison.Ordinal))
            {
                _variables[property] = text;
            }

            into.Append(property).Append(':').Append(text).Append(';');
        }
    }

    private static bool TryColon(CssReader css)
    {
        css.Next();
        SkipWhite(css);
        if (css.Mark != ':')
        {
            return false;
        }

        css.Next();
        SkipWhite(css);
        return true;
    }

    private static string? PropertyOf(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) && name.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_') ? name
        : name.ToLowerInvariant() is string property && SvgVocabulary.Styles.Contains(property) ? property
        : null;

    // Advances to the end of the value, understood or not.
    private bool TryValue(CssReader css, StringBuilder into)
    {
        bool isKnown = true;
        while (css.Kind != CssToken.End && css.Mark is not (';' or '}'))
        {
            isKnown &= TryPart(css, into, depth: 0);
            css.Next();
        }

        return isKnown;
    }

    // What is written the same way in values and in selectors.
    private static bool TryNameOrWhite(CssReader css, StringBuilder into)
    {
        switch (css.Kind)
        {
            case CssToken.White:
                into.Append(css.Raw.Contains('/') ? " " : css.Raw);
                return true;
            case CssToken.Ident:
                into.Append(Name(css));
                return true;
            case CssToken.Hash:
                into.Append('#').Append(Name(css));
                return true;
            default:
                return false;
        }
    }

    // A part with everything in its brackets; afterwards the reader is at its last token.
    private bool TryPart(CssReader css, StringBuilder into, int depth)
    {
        if (TryNameOrWhite(css, into))
        {
            return true;
        }

        switch (css.Kind)
        {
            case CssToken.Number or CssToken.Percentage:
                into.Append(css.Raw);
                return true;
            case CssToken.Dimension:
                into.Append(Length(css));
                return !css.Raw.Contains('\\');
            case CssToken.Text:
                return TryText(css, into);
            case CssToken.Url:
                return TryReference(css, into);
            case CssToken.Function:
                return css.Value.Equals("url", StringComparison.OrdinalIgnoreCase) ? TryQuotedReference(css, into) : TryFunction(css, into, depth);
            case CssToken.Mark when css.Mark is ',' or '/' or '*' or '+' or '-' or '!':
                into.Append(css.Raw);
                return true;
            case CssToken.Mark when css.Mark == '(' && depth > 0:
                into.Append('(');
                return TryInside(css, into, depth);
            case CssToken.Mark when ClosingOf(css.Mark) is { } closing:
                HasDroppedUnseen |= css.Mark == '{'; // a nested rule
                SkipBlock(css, closing);
                return false;
            default:
                return false;
        }
    }

    private bool TryFunction(CssReader css, StringBuilder into, int depth)
    {
        string name = css.Value.ToLowerInvariant();
        if (!SvgVocabulary.Functions.Contains(name))
        {
            SkipBlock(css, ')');
            return false;
        }

        int start = into.Length;
        into.Append(css.Raw.Contains('\\') ? name + "(" : css.Raw);
        int inside = into.Length;
        if (!TryInside(css, into, depth))
        {
            return false;
        }

        if (name == "var" && form == SvgForm.Rendered)
        {
            string[] parts = into.ToString(inside, into.Length - inside - 1).Split(',', 2, StringSplitOptions.TrimEntries);
            string? value = _variables.GetValueOrDefault(parts[0]) ?? parts.ElementAtOrDefault(1);
            if (value is not null && value.Length < 1000)
            {
                into.Length = start;
                into.Append(value);
            }
        }

        return name is not ("blur" or "drop-shadow") || IsNarrow(into.ToString(inside, into.Length - inside));
    }

    // The content of brackets, up to the closing one.
    private bool TryInside(CssReader css, StringBuilder into, int depth)
    {
        if (depth >= MaxDepth)
        {
            SkipBlock(css, ')');
            return false;
        }

        bool isKnown = true;
        while (css.Next() != CssToken.End && css.Mark != ')')
        {
            isKnown &= TryPart(css, into, depth + 1);
        }

        into.Append(')');
        return isKnown && css.Mark == ')';
    }

    private static bool IsNarrow(string arguments)
    {
        CssReader css = new(arguments);
        while (css.Next() != CssToken.End)
        {
            if (css.Kind is CssToken.Number or CssToken.Dimension && (Math.Abs(css.Number) > MaxRadius || (css.Value.Length > 0 && !css.Value.Equals("px", StringComparison.OrdinalIgnoreCase))))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReference(CssReader css, StringBuilder into)
    {
        string reference = css.Value;
        if (!SvgVocabulary.IsFragment(reference))
        {
            return false;
        }

        References.Add(reference[1..]);
        into.Append(css.Raw.Contains('\\') ? $"url(\"{reference}\")" : css.Raw);
        return true;
    }

    private bool TryQuotedReference(CssReader css, StringBuilder into)
    {
        css.Next();
        SkipWhite(css);
        string quoted = css.Raw.Contains('\\') ? $"\"{css.Value}\"" : css.Raw.ToString();
        string reference = css.Kind == CssToken.Text ? css.Value : string.Empty;
        css.Next();
        SkipWhite(css);
        if (css.Mark != ')')
        {
            SkipBlock(css, ')', isInside: true);
            return false;
        }

        if (!SvgVocabulary.IsFragment(reference))
        {
            return false;
        }

        References.Add(reference[1..]);
        into.Append("url(").Append(quoted).Append(')');
        return true;
    }

    // Names of fonts and the like: nothing that could be an address.
    private static bool TryText(CssReader css, StringBuilder into)
    {
        string content = css.Value;
        if (content.AsSpan().IndexOfAny(NotInNames) >= 0)
        {
            return false;
        }

        into.Append(css.Raw.Contains('\\') ? $"\"{content}\"" : css.Raw);
        return true;
    }

    // Up to the brace of a rule, or the bracket that closes a function.
    private static bool TrySelector(CssReader css, StringBuilder into, bool isFrame, int depth)
    {
        bool isKnown = true;
        while (css.Kind != CssToken.End && css.Mark != (depth == 0 ? '{' : ')'))
        {
            isKnown &= TrySelectorPart(css, into, isFrame, depth);
            css.Next();
        }

        return isKnown;
    }

    private static bool TrySelectorPart(CssReader css, StringBuilder into, bool isFrame, int depth)
    {
        if (TryNameOrWhite(css, into))
        {
            return true;
        }

        switch (css.Kind)
        {
            case CssToken.Number or CssToken.Dimension or CssToken.Percentage when isFrame || depth > 0: // in :nth-child(2n+1), in a keyframe
                into.Append(css.Raw);
                return !css.Raw.Contains('\\');
            case CssToken.Mark when css.Mark is '.' or '*' or '>' or '+' or '~' or ':' or ',':
                into.Append(css.Raw);
                return true;
            case CssToken.Mark when css.Mark == '[':
                return TryAttributeSelector(css, into);
            case CssToken.Function when SvgVocabulary.SelectorFunctions.Contains(css.Value.ToLowerInvariant()) && depth < MaxDepth:
                into.Append(css.Value.ToLowerInvariant()).Append('(');
                css.Next();
                bool isKnown = TrySelector(css, into, isFrame, depth + 1);
                into.Append(')');
                return isKnown;
            case CssToken.Function:
                SkipBlock(css, ')');
                return false;
            case CssToken.Mark when css.Mark != '{' && ClosingOf(css.Mark) is { } closing:
                SkipBlock(css, closing);
                return false;
            default:
                return false;
        }
    }

    private static bool TryAttributeSelector(CssReader css, StringBuilder into)
    {
        bool isKnown = true;
        into.Append('[');
        while (css.Next() != CssToken.End && css.Mark != ']')
        {
            if (css.Kind == CssToken.Text)
            {
                isKnown &= TryText(css, into);
            }
            else
            {
                isKnown &= css.Kind is CssToken.Ident or CssToken.White || css.Mark is '=' or '~' or '|' or '^' or '$' or '*';
                into.Append(css.Kind == CssToken.Ident ? Name(css) : css.Kind == CssToken.White ? " " : css.Raw.ToString());
            }
        }

        into.Append(']');
        return isKnown;
    }

    private string Length(CssReader css) =>
        form == SvgForm.Rendered && SvgSize.PixelsOf(css.Value) is { } pixels && css.Value != "px"
            ? string.Create(CultureInfo.InvariantCulture, $"{css.Number * pixels:0.######}px")
            : css.Raw.ToString();

    private static string Name(CssReader css)
    {
        if (!css.Raw.Contains('\\'))
        {
            return css.Value;
        }

        StringBuilder name = new();
        foreach (char one in css.Value)
        {
            bool isPlain = char.IsAsciiLetter(one) || one is '_' or '-' || one >= 0x80 || (char.IsAsciiDigit(one) && name.Length > 0);
            name.Append(isPlain ? one.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\{(int)one:x} "));
        }

        return name.ToString();
    }

    private static char? ClosingOf(char opening) => opening switch { '(' => ')', '[' => ']', '{' => '}', _ => null };

    private static void SkipWhite(CssReader css)
    {
        while (css.Kind == CssToken.White)
        {
            css.Next();
        }
    }

    // From an opening bracket to the one that closes it, or the end.
    private static void SkipBlock(CssReader css, char closing, bool isInside = false)
    {
        Stack<char> open = new([closing]);
        while (isInside || css.Next() != CssToken.End)
        {
            isInside = false;
            char? opened = css.Kind == CssToken.Function ? ')' : ClosingOf(css.Mark);
            if (opened is { } inner)
            {
                open.Push(inner);
            }
            else if (css.Mark == open.Peek())
            {
                open.Pop();
                if (open.Count == 0)
                {
                    return;
                }
            }
            else if (css.Kind == CssToken.End)
            {
                return;
            }
        }
    }
}
