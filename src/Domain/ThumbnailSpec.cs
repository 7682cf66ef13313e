using System.Text.RegularExpressions;

namespace ImageBackend.Domain;

/// <summary>How one thumbnail is made of every original.</summary>
public sealed partial record ThumbnailSpec
{
    /// <exception cref="FormatException">The suffix could make another image's key.</exception>
    public ThumbnailSpec(string suffix, Geometry resize, PixelSize? extent, int quality)
    {
        // A leading digit could make the key of another original: 1_2 with 3 is 1_23.
        if (!SuffixGrammar().IsMatch(suffix))
        {
            throw new FormatException($"'{suffix}' is not a suffix: a letter, then up to 19 letters, digits, - or _.");
        }

        (Suffix, Resize, Extent, Quality) = (suffix, resize, extent, quality);
    }

    /// <summary>What stands between the original's stem and the extension: <c>BI</c>.</summary>
    public string Suffix { get; }

    /// <summary>The box that the upright picture is resized to.</summary>
    public Geometry Resize { get; }

    /// <summary>If set, the resized picture is cut to this size.</summary>
    public PixelSize? Extent { get; }

    /// <summary>Which part the cut keeps.</summary>
    public Gravity Gravity { get; init; } = Gravity.Center;

    /// <summary>Fills what a cut shows beyond the picture.</summary>
    public Colour Background { get; init; } = Colour.White;

    /// <summary>Of the encoder, 1 to 100.</summary>
    public int Quality { get; }

    /// <summary>Whether it builds up in passes as it is loaded (JPEG, PNG).</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Of a JPEG: whether colour has full resolution; null: as in the original.</summary>
    public bool? HasFullChroma { get; init; }

    public override string ToString() => Extent is { } extent ? $"{Suffix} {Resize} cut to {extent}" : $"{Suffix} {Resize}";

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,19}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SuffixGrammar();
}
