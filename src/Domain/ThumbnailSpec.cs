using System.Text.RegularExpressions;

namespace ImageBackend.Domain;

/// <summary>How one thumbnail of every original is made.</summary>
public sealed partial record ThumbnailSpec
{
    /// <param name="extent">If set, the middle is cut out at this size.</param>
    /// <exception cref="FormatException">The suffix could make another image's key.</exception>
    public ThumbnailSpec(string suffix, Geometry resize, PixelSize? extent, int quality)
    {
        // A leading digit could make the key of another original: 1_2 with 3 is 1_23.
        if (!IsSuffix(suffix))
        {
            throw new FormatException($"'{suffix}' is not a suffix: a letter, then up to 19 letters, digits, - or _.");
        }

        (Suffix, Resize, Cut, Quality) = (suffix, resize, extent is { } size ? Cut.Extent(size) : null, quality);
    }

    /// <summary>Whether a text can be a <see cref="Suffix"/>: a letter, then up to 19 letters, digits, <c>-</c> or <c>_</c>.</summary>
    public static bool IsSuffix(string text) => SuffixGrammar().IsMatch(text);

    /// <summary>The text between the original's stem and the extension: <c>BI</c>.</summary>
    public string Suffix { get; }

    /// <summary>If set, this part of the upright picture is taken before anything else.</summary>
    public Cut? Crop { get; init; }

    /// <summary>The box that the upright picture is resized to.</summary>
    public Geometry Resize { get; }

    /// <summary>If set, how the resized picture is cut.</summary>
    public Cut? Cut { get; init; }

    /// <summary>Fills whatever a cut shows beyond the picture.</summary>
    public Colour Background { get; init; } = Colour.White;

    /// <summary>The encoder's quality, 1 to 100.</summary>
    public int Quality { get; }

    /// <summary>Whether it builds up in passes as it loads (JPEG, PNG).</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>JPEG only: whether colour has full resolution; null means as in the original.</summary>
    public bool? HasFullChroma { get; init; }

    public ModernEncoder WebP { get; init; } = ModernEncoder.WebP;

    public ModernEncoder Avif { get; init; } = ModernEncoder.Avif;

    /// <returns>Null for a base format, to which <see cref="Quality"/> and the others apply.</returns>
    public ModernEncoder? EncoderOf(ImageFormat format) => format == ImageFormat.WebP ? WebP : format == ImageFormat.Avif ? Avif : null;

    /// <summary>The part of the upright picture that the thumbnail is made from.</summary>
    public PixelRect PartOf(PixelSize picture) =>
        Crop?.ResolveFor(picture) is { } area ? new PixelRect(area.X, area.Y, area.Width, area.Height) : new PixelRect(0, 0, picture.Width, picture.Height);

    /// <param name="part">The size of <see cref="PartOf"/>.</param>
    public ThumbnailLayout LayOutOn(PixelSize part) => ThumbnailLayout.Of(part, Resize, Cut);

    /// <summary>The size that the thumbnail of an upright picture has.</summary>
    public PixelSize SizeOf(PixelSize picture) => LayOutOn(PartOf(picture).Size).Size;

    public override string ToString() => $"{Suffix}{(Crop is null ? "" : $" {Crop}")} {Resize}{(Cut is null ? "" : Cut.IsCanvas ? $" cut to {Cut}" : $" {Cut}")}";

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,19}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SuffixGrammar();
}
