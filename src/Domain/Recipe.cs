using System.Security.Cryptography;
using System.Text;

namespace ImageBackend.Domain;

/// <summary>A fingerprint of how a thumbnail was made. A thumbnail whose stored recipe differs from today's, or that has none, is stale.</summary>
public static class Recipe
{
    /// <summary>Raised by hand when the resulting pictures change; the version of the imaging library does not count.</summary>
    public const int OutputVersion = 1;

    /// <param name="crop">The area that it shows; null for the whole picture.</param>
    /// <returns>16 lower-case hexadecimal digits.</returns>
    public static string Of(ThumbnailSpec spec, ImageFormat format, CropArea? crop = null)
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
