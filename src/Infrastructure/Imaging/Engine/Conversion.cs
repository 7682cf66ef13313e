using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Which photos are converted to JPEG or PNG before they are stored.</summary>
/// <param name="Formats">Some of <see cref="ImageFormat.Converted"/>; photos in the others are refused.</param>
/// <param name="Quality">Of a JPEG: 1 to 100.</param>
public sealed record Conversion(IReadOnlyList<ImageFormat> Formats, int Quality)
{
    /// <summary>What decodes HEIC; null: nothing, so that HEIC is refused even if it is among the formats.</summary>
    public DecoderProgram? HeicDecoder { get; init; }

    public static readonly Conversion None = new([], Quality: 92);

    /// <summary>All formats of uploads, as listed when a file is refused.</summary>
    public string AcceptedNames
    {
        get
        {
            string[] names = ["JPEG", "PNG", "GIF", "SVG", .. Formats.Where(Takes).Select(NameOf)];
            return $"{string.Join(", ", names[..^1])} or {names[^1]}";
        }
    }

    /// <returns>Whether photos in a format are taken.</returns>
    public bool Takes(ImageFormat format) => Formats.Contains(format) && (format != ImageFormat.Heic || HeicDecoder is not null);

    /// <returns>A format's name in a sentence.</returns>
    public static string NameOf(ImageFormat format) => format == ImageFormat.WebP ? "WebP" : format.Extension.ToUpperInvariant();
}
