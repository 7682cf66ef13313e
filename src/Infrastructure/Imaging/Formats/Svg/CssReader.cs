using System.Globalization;
using System.Text;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

internal enum CssToken
{
    End,
    White, // white space and comments
    Ident,
    Function, // with its opening parenthesis
    AtKeyword,
    Hash,
    Text, // a string in quotes
    Url, // url(…) without quotes
    Number,
    Percentage,
    Dimension,
    Mark, // any other single character
    Ignored, // <!-- and -->
    Bad, // a string or an address that is not properly terminated
}

/// <summary>Cuts CSS into tokens by the rules of CSS Syntax 3, as browsers do: escapes are decoded, comments count as white space.</summary>
/// <remarks>Each character is looked at a bounded number of times.</remarks>
internal sealed class CssReader(string text)
{
    private int _at;

    public CssToken Kind { get; private set; }

    public int Start { get; private set; }

    /// <summary>The first character after the token.</summary>
    public int End => _at;

    /// <summary>
    /// The name (of a function, an at-keyword, a hash), content (of a string, an address) or unit (of a dimension), decoded; otherwise
    /// empty.
    /// </summary>
    public string Value { get; private set; } = string.Empty;

    /// <summary>The value of a number, percentage or dimension.</summary>
    public double Number { get; private set; }

    /// <summary>The character of a <see cref="CssToken.Mark"/>; otherwise 0.</summary>
    public char Mark => Kind == CssToken.Mark ? text[Start] : '\0';

    /// <summary>The token as written.</summary>
    public ReadOnlySpan<char> Raw => text.AsSpan(Start, _at - Start);

    public string Between(int start, int end) => text[start..end];

    /// <summary>Advances to the next token; at the end it stays there.</summary>
    public CssToken Next()
    {
        Start = _at;
        Value = string.Empty;
        return Kind = Take();
    }

    private CssToken Take()
    {
        char next = At(0);
        if (_at >= text.Length)
        {
            return CssToken.End;
        }

        if (SkipWhite())
        {
            return CssToken.White;
        }

        if (next is '"' or '\'')
        {
            return TakeText(next);
        }

        if (next is '<' or '-' && (Is("<!--") || Is("-->")))
        {
            _at += next == '<' ? 4 : 3;
            return CssToken.Ignored;
        }

        if (StartsNumber())
        {
            return TakeNumber();
        }

        if (StartsIdent(0))
        {
            return TakeName();
        }

        if ((next == '#' && (IsNameChar(At(1)) || IsEscape(1))) || (next == '@' && StartsIdent(1)))
        {
            _at++;
            Value = ReadName();
            return next == '#' ? CssToken.Hash : CssToken.AtKeyword;
        }

        _at++;
        return CssToken.Mark;
    }

    private bool SkipWhite()
    {
        int start = _at;
        while (true)
        {
            if (IsWhite(At(0)))
            {
                _at++;
            }
            else if (At(0) == '/' && At(1) == '*')
            {
                int end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? text.Length : end + 2;
            }
            else
            {
                return _at > start;
            }
        }
    }

    private CssToken TakeText(char quote)
    {
        StringBuilder content = new();
        _at++;
        while (_at < text.Length)
        {
            char next = text[_at];
            if (next == quote)
            {
                _at++;
                Value = content.ToString();
                return CssToken.Text;
            }

            if (next is '\n' or '\r' or '\f')
            {
                return CssToken.Bad;
            }

            if (next == '\\' && At(1) is '\n' or '\r' or '\f')
            {
                _at += At(1) == '\r' && At(2) == '\n' ? 3 : 2; // a continued line
            }
            else if (next == '\\')
            {
                ReadEscape(content);
            }
            else
            {
                content.Append(next);
                _at++;
            }
        }

        return CssToken.Bad; // unterminated: anything written after it would become part of it
    }

    private CssToken TakeNumber()
    {
        int start = _at;
        _at += At(0) is '+' or '-' ? 1 : 0;
        SkipDigits();
        if (At(0) == '.' && char.IsAsciiDigit(At(1)))
        {
            _at++;
            SkipDigits();
        }

        int sign = At(1) is '+' or '-' ? 1 : 0;
        if (At(0) is 'e' or 'E' && char.IsAsciiDigit(At(1 + sign)))
        {
            _at += 1 + sign;
            SkipDigits();
        }

        Number = double.Parse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (At(0) == '%')
        {
            _at++;
            return CssToken.Percentage;
        }

        if (!StartsIdent(0))
        {
            return CssToken.Number;
        }

        Value = ReadName();
        return CssToken.Dimension;
    }

    private CssToken TakeName()
    {
        Value = ReadName();
        if (At(0) != '(')
        {
            return CssToken.Ident;
        }

        _at++;
        if (!Value.Equals("url", StringComparison.OrdinalIgnoreCase))
        {
            return CssToken.Function;
        }

        int at = _at;
        while (IsWhite(At(0)))
        {
            _at++;
        }

        if (At(0) is '"' or '\'')
        {
            _at = at;
            return CssToken.Function;
        }

        return TakeAddress();
    }

    private CssToken TakeAddress()
    {
        StringBuilder content = new();
        while (_at < text.Length)
        {
            char next = text[_at];
            if (IsWhite(next))
            {
                while (IsWhite(At(0)))
                {
                    _at++;
                }

                if (At(0) != ')')
                {
                    return TakeBadAddress();
                }
            }
            else if (next == ')')
            {
                _at++;
                Value = content.ToString();
                return CssToken.Url;
            }
            else if (next is '"' or '\'' or '(' || char.IsControl(next) || (next == '\\' && !IsEscape(0)))
            {
                return TakeBadAddress();
            }
            else if (next == '\\')
            {
                ReadEscape(content);
            }
            else
            {
                content.Append(next);
                _at++;
            }
        }

        return CssToken.Bad;
    }

    private CssToken TakeBadAddress()
    {
        while (_at < text.Length && text[_at] != ')')
        {
            _at += IsEscape(0) ? 2 : 1;
        }

        _at = Math.Min(text.Length, _at + 1);
        return CssToken.Bad;
    }

    private string ReadName()
    {
        int start = _at;
        while (IsNameChar(At(0)))
        {
            _at++;
        }

        if (!IsEscape(0))
        {
            return text[start.._at];
        }

        StringBuilder name = new(text[start.._at]);
        while (true)
        {
            if (IsNameChar(At(0)))
            {
                name.Append(text[_at++]);
            }
            else if (IsEscape(0))
            {
                ReadEscape(name);
            }
            else
            {
                return name.ToString();
            }
        }
    }

    // At a backslash that is followed by something.
    private void ReadEscape(StringBuilder into)
    {
        int digits = 0;
        _at++;
        while (digits < 6 && char.IsAsciiHexDigit(At(digits)))
        {
            digits++;
        }

        if (digits == 0)
        {
            if (_at < text.Length)
            {
                into.Append(text[_at++]);
            }

            return;
        }

        int code = int.Parse(text.AsSpan(_at, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        into.Append(Rune.TryCreate(code, out Rune rune) && code != 0 ? rune.ToString() : "\uFFFD");
        _at += digits;
        _at += At(0) == '\r' && At(1) == '\n' ? 2 : IsWhite(At(0)) ? 1 : 0;
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(0)))
        {
            _at++;
        }
    }

    private bool Is(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    private bool StartsNumber()
    {
        int at = At(0) is '+' or '-' ? 1 : 0;
        return char.IsAsciiDigit(At(at)) || (At(at) == '.' && char.IsAsciiDigit(At(at + 1)));
    }

    private bool StartsIdent(int ahead) => At(ahead) == '-'
        ? IsNameStart(At(ahead + 1)) || At(ahead + 1) == '-' || IsEscape(ahead + 1)
        : IsNameStart(At(ahead)) || IsEscape(ahead);

    private bool IsEscape(int ahead) => At(ahead) == '\\' && _at + ahead + 1 < text.Length && At(ahead + 1) is not ('\n' or '\r' or '\f');

    private char At(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private static bool IsWhite(char one) => one is ' ' or '\t' or '\n' or '\r' or '\f';

    private static bool IsNameStart(char one) => char.IsAsciiLetter(one) || one == '_' || one >= 0x80;

    private static bool IsNameChar(char one) => IsNameStart(one) || char.IsAsciiDigit(one) || one == '-';
}
