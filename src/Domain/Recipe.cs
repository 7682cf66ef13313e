using System.Security.Cryptography;
using System.Text;

namespace ImageBackend.Domain;

/// <summary>A fingerprint of how a thumbnail was made. A thumbnail whose stored recipe differs from today's, or that has none, is stale.</summary>
public static class Recipe
{
    /// <summary>Raised by hand when the resulting pictures change; the version of the imaging library does not count.</summary>
    public const int OutputVersion = 1;

    private const char BeforeEngine = '-';

    /// <param name="crop">The area that it shows; null for the whole picture.</param>
    /// <param name="engine">The imaging library, if it is not the default one.</param>
    /// <returns>16 lower-case hexadecimal digits, and the engine's name behind them: <c>260a4351310ee814-imagesharp</c>.</returns>
    public static string Of(ThumbnailSpec spec, ImageFormat format, CropArea? crop = null, string? engine = null) =>
        Fingerprint(spec, format, crop) + (engine is null ? "" : $"{BeforeEngine}{engine}");

    /// <returns>Whether a stored recipe is that of <see cref="Of"/>, by whatever engine.</returns>
    public static bool Matches(string? stored, ThumbnailSpec spec, ImageFormat format, CropArea? crop = null) =>
        stored?.Split(BeforeEngine)[0] == Fingerprint(spec, format, crop);

    private static string Fingerprint(ThumbnailSpec spec, ImageFormat format, CropArea? crop)
    {
        Gravity gravity = spec.Cut?.Gravity ?? Gravity.Center;
        string facts = $"{OutputVersion}|{spec.Resize}|{spec.Cut}|{gravity}|{spec.Background}|{spec.Quality}|{spec.IsInterlaced}|{spec.HasFullChroma}|{format}|{crop}";
        if (spec.Crop is { } first)
        {
            facts += $"|{first}|{first.Gravity}";
        }

        if (spec.EncoderOf(format) is { } modern)
        {
            facts += $"|{modern.Quality}|{modern.Effort}";
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)), 0, 8);
    }
}
