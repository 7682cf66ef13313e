using System.Diagnostics.CodeAnalysis;

namespace ImageBackend.Domain;

/// <summary>A quarter or half turn: <c>90</c> (clockwise), <c>-90</c> or <c>180</c> degrees.</summary>
public sealed record Rotation : IParsable<Rotation>
{
    public static readonly Rotation Clockwise = new(90);
    public static readonly Rotation Counterclockwise = new(-90);
    public static readonly Rotation Half = new(180);

    private Rotation(int degrees) => Degrees = degrees;

    /// <summary>90, -90 or 180; positive is clockwise.</summary>
    public int Degrees { get; }

    public static Rotation Parse(string text) =>
        TryParse(text, out Rotation? rotation) ? rotation : throw new FormatException($"'{text}' is not a rotation.");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Rotation? result) => (result = text switch
    {
        "90" => Clockwise,
        "-90" => Counterclockwise,
        "180" => Half,
        _ => null,
    }) is not null;

    static Rotation IParsable<Rotation>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Rotation>.TryParse(string? s, IFormatProvider? provider, [NotNullWhen(true)] out Rotation? result) =>
        TryParse(s, out result);
}
