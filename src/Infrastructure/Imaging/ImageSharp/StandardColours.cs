using ImageBackend.Application.Abstractions;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>Converts pixels to sRGB by the picture's own profile, if that is one of three curves and a matrix, or of one curve for grey.</summary>
internal static class StandardColours
{
    private const int Steps = 4096;

    // From the white of profiles (D50) to linear sRGB: the inverse of the sRGB profile's columns (IEC 61966-2-1, Bradford-adapted).
    private static readonly double[] FromD50 =
    [
        3.1338561, -1.6168667, -0.4906146,
        -0.9787684, 1.9161415, 0.0334540,
        0.0719453, -0.2289914, 1.4052427,
    ];

    private static readonly byte[] Encoded = [.. Enumerable.Range(0, Steps + 1).Select(step => (byte)Math.Round(255 * Encode((double)step / Steps)))];

    /// <param name="profile">Null, or one that can't be read: the pixels are taken to be in sRGB.</param>
    /// <exception cref="InvalidImageException">Only tables could convert its colours.</exception>
    public static void Apply<TPixel>(Image<TPixel> image, byte[]? profile)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        if (profile is null || ConversionOf(new ProfileTags(profile)) is not { IsNone: false } conversion)
        {
            return;
        }

        image.Mutate(SharpConfiguration.Settings, context => context.ProcessPixelRowsAsVector4(row =>
        {
            for (int x = 0; x < row.Length; x++)
            {
                (row[x].X, row[x].Y, row[x].Z) = conversion.Convert(row[x].X, row[x].Y, row[x].Z);
            }
        }));
    }

    private static Conversion? ConversionOf(ProfileTags profile)
    {
        if (profile.ColourSpace == "GRAY" && profile.Curve("kTRC") is { } grey)
        {
            return new Conversion([grey, grey, grey], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        }

        if (profile.ColourSpace != "RGB ")
        {
            return null; // not this picture's
        }

        double[]?[] curves = [profile.Curve("rTRC"), profile.Curve("gTRC"), profile.Curve("bTRC")];
        double[]?[] columns = [profile.Column("rXYZ"), profile.Column("gXYZ"), profile.Column("bXYZ")];
        if (curves.Contains(null) || columns.Contains(null))
        {
            return profile.HasTables
                ? throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "The picture's colour profile is made of tables, which can't be applied with IMAGING_ENGINE=imagesharp.")
                : null;
        }

        double[] matrix = new double[9];
        for (int cell = 0; cell < matrix.Length; cell++)
        {
            matrix[cell] = Enumerable.Range(0, 3).Sum(i => FromD50[(cell / 3 * 3) + i] * columns[cell % 3]![i]);
        }

        return new Conversion(curves!, matrix);
    }

    private static double Encode(double linear) => linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055;

    private sealed record Conversion(double[][] Curves, double[] Matrix)
    {
        /// <summary>Whether no level of any colour would change: the profile is that of sRGB.</summary>
        public bool IsNone { get; } = Enumerable.Range(0, 8).All(corner => Enumerable.Range(0, 16).All(step =>
        {
            float level = step / 15f;
            (float red, float green, float blue) = (level * (corner & 1), level * ((corner >> 1) & 1), level * (corner >> 2));
            (float r, float g, float b) = Apply(Curves, Matrix, red, green, blue);
            return Math.Abs(r - red) < 1.5 / 255 && Math.Abs(g - green) < 1.5 / 255 && Math.Abs(b - blue) < 1.5 / 255;
        }));

        public (float Red, float Green, float Blue) Convert(float red, float green, float blue) => Apply(Curves, Matrix, red, green, blue);

        private static (float Red, float Green, float Blue) Apply(double[][] curves, double[] m, float red, float green, float blue)
        {
            double r = curves[0][Level(red)];
            double g = curves[1][Level(green)];
            double b = curves[2][Level(blue)];
            return (Out((m[0] * r) + (m[1] * g) + (m[2] * b)), Out((m[3] * r) + (m[4] * g) + (m[5] * b)), Out((m[6] * r) + (m[7] * g) + (m[8] * b)));
        }

        private static int Level(float value) => (int)Math.Clamp(MathF.Round(value * 255), 0, 255);

        private static float Out(double linear) => Encoded[(int)Math.Clamp(Math.Round(linear * Steps), 0, Steps)] / 255f;
    }
}
