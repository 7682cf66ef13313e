using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ImageBackend.Domain;

/// <summary>An opaque sRGB colour: <c>white</c>, <c>black</c>, <c>#rgb</c> or <c>#rrggbb</c>.</summary>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    public static readonly Colour White = new(255, 255, 255);

    public bool IsGrey => Red == Green && Green == Blue;

    public static bool TryParse([NotNullWhen(true)] string? text, out Colour result)
    {
        string? digits = text?.ToLowerInvariant() switch
        {
            "white" => "ffffff",
            "black" => "000000",
            ['#', char r, char g, char b] => $"{r}{r}{g}{g}{b}{b}",
            ['#', .. { Length: 6 } six] => six,
            _ => null,
        };
        bool isColour = int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value);
        result = new Colour((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return isColour;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"#{Red:x2}{Green:x2}{Blue:x2}");
}
