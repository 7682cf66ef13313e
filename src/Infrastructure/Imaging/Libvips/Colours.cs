using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Converts pixels of any colour space to what browsers expect: 8-bit sRGB, or grey.</summary>
internal static class Colours
{
    /// <param name="image">Pixels in memory.</param>
    /// <returns>A new picture in memory, which shares pixels that need no conversion; the caller disposes it.</returns>
    public static Image ToStandard(Image image)
    {
        bool isCmyk = image.Interpretation == Enums.Interpretation.Cmyk;
        bool hasProfile = image.Contains("icc-profile-data");
        if (!hasProfile && image.Format == Enums.BandFormat.Uchar && image.Interpretation is Enums.Interpretation.Srgb or Enums.Interpretation.Bw)
        {
            return Pixels.InMemory(image);
        }

        if (hasProfile || isCmyk)
        {
            try
            {
                using Image transformed = image.IccTransform("srgb", embedded: true, inputProfile: isCmyk ? "cmyk" : null, depth: 8);
                return transformed.CopyMemory();
            }
            catch (VipsException)
            {
                // A broken profile: the picture is treated as if it had none.
            }
        }

        bool isGrey = image.Interpretation is Enums.Interpretation.Bw or Enums.Interpretation.Grey16;
        using Image converted = image.Colourspace(isGrey ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        using Image bytes = converted.Cast(Enums.BandFormat.Uchar);
        return bytes.CopyMemory();
    }
}
