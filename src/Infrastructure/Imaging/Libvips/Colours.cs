using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Converts pixels of any colour space to what browsers expect: 8-bit sRGB, or grey.</summary>
internal static class Colours
{
    /// <param name="image">Pixels in memory.</param>
    /// <returns>A new picture; the caller disposes it.</returns>
    public static Image ToStandard(Image image)
    {
        bool isCmyk = image.Interpretation == Enums.Interpretation.Cmyk;
        if (image.Contains("icc-profile-data") || isCmyk)
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
        return converted.Cast(Enums.BandFormat.Uchar);
    }
}
