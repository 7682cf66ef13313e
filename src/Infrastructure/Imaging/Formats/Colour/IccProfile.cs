using System.Buffers.Binary;
using System.Text;

namespace ImageBackend.Infrastructure.Imaging.Formats.Colour;

/// <summary>Writes ICC profiles (version 2) with three primaries and one curve, or with grey and a curve.</summary>
internal static class IccProfile
{
    private const int HeadBytes = 128;
    private const int TagBytes = 12;

    // The white point of the profile connection space.
    private static readonly (double X, double Y, double Z) D50 = (0.9642, 1, 0.8249);

    private static readonly double[,] Bradford = { { 0.8951, 0.2664, -0.1614 }, { -0.7502, 1.7135, 0.0367 }, { 0.0389, -0.0685, 1.0296 } };

    /// <returns>Null: the primaries don't span a colour space.</returns>
    public static byte[]? TryWrite(bool isGrey, RgbPrimaries primaries, ToneCurve curve)
    {
        List<(string Name, byte[] Value)> tags = [("desc", Description()), ("cprt", Text()), ("wtpt", Xyz(D50))];
        byte[] tone = Curve(curve);
        if (isGrey)
        {
            tags.Add(("kTRC", tone));
        }
        else if (TryToD50(primaries) is { } matrix)
        {
            foreach ((int column, string name) in new[] { (0, "r"), (1, "g"), (2, "b") })
            {
                tags.Add((name + "XYZ", Xyz((matrix[0, column], matrix[1, column], matrix[2, column]))));
                tags.Add((name + "TRC", tone));
            }
        }
        else
        {
            return null;
        }

        return Assemble(isGrey, tags);
    }

    private static byte[] Assemble(bool isGrey, List<(string Name, byte[] Value)> tags)
    {
        List<byte> values = [];
        byte[] table = new byte[4 + (tags.Count * TagBytes)];
        BinaryPrimitives.WriteInt32BigEndian(table, tags.Count);
        for (int i = 0; i < tags.Count; i++)
        {
            Span<byte> entry = table.AsSpan(4 + (i * TagBytes));
            Encoding.ASCII.GetBytes(tags[i].Name, entry);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], HeadBytes + table.Length + values.Count);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], tags[i].Value.Length);
            values.AddRange(tags[i].Value);
            values.AddRange(new byte[(4 - (tags[i].Value.Length % 4)) % 4]);
        }

        byte[] head = new byte[HeadBytes];
        BinaryPrimitives.WriteInt32BigEndian(head, HeadBytes + table.Length + values.Count);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(8), 0x02400000);
        Encoding.ASCII.GetBytes("mntr" + (isGrey ? "GRAY" : "RGB ") + "XYZ ", head.AsSpan(12));
        Encoding.ASCII.GetBytes("acsp", head.AsSpan(36));
        Xyz(D50)[8..].CopyTo(head.AsSpan(68));
        return [.. head, .. table, .. values];
    }

    private static byte[] Description()
    {
        byte[] name = Encoding.ASCII.GetBytes("Coded colours\0");
        byte[] value = new byte[12 + name.Length + 78];
        Encoding.ASCII.GetBytes("desc", value);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(8), name.Length);
        name.CopyTo(value, 12);
        return value;
    }

    private static byte[] Text() => [.. "text\0\0\0\0No rights reserved\0"u8];

    private static byte[] Xyz((double X, double Y, double Z) colour)
    {
        byte[] value = [.. "XYZ \0\0\0\0"u8, .. new byte[12]];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(8), Fixed(colour.X));
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(12), Fixed(colour.Y));
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(16), Fixed(colour.Z));
        return value;

        static int Fixed(double number) => (int)Math.Round(number * 65536);
    }

    private static byte[] Curve(ToneCurve curve)
    {
        const int Points = 4096;
        byte[] value = [.. "curv\0\0\0\0"u8, .. new byte[4 + (Points * 2)]];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(8), Points);
        for (int i = 0; i < Points; i++)
        {
            double light = Math.Clamp(curve.ToLight(i / (Points - 1.0)), 0, 1);
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(12 + (i * 2)), (ushort)Math.Round(light * ushort.MaxValue));
        }

        return value;
    }

    // The light of each primary at full strength, scaled so that together they give white, and adapted to D50.
    private static double[,]? TryToD50(RgbPrimaries primaries)
    {
        if (primaries.All.Any(one => one.Y <= 0 || one.X < 0 || one.X + one.Y > 1.000_01))
        {
            return null;
        }

        double[,] unscaled = FromColumns(Whole(primaries.Red), Whole(primaries.Green), Whole(primaries.Blue));
        (double X, double Y, double Z) white = Whole(primaries.White);
        if (Inverse(unscaled) is not { } inverse)
        {
            return null;
        }

        (double red, double green, double blue) = Apply(inverse, white);
        double[,] scaled = FromColumns(Scale(Whole(primaries.Red), red), Scale(Whole(primaries.Green), green), Scale(Whole(primaries.Blue), blue));

        (double fromX, double fromY, double fromZ) = Apply(Bradford, white);
        (double toX, double toY, double toZ) = Apply(Bradford, D50);
        double[,] gains = { { toX / fromX, 0, 0 }, { 0, toY / fromY, 0 }, { 0, 0, toZ / fromZ } };
        double[,] result = Multiply(Multiply(Multiply(Inverse(Bradford)!, gains), Bradford), scaled);
        return result.Cast<double>().All(one => double.IsFinite(one) && Math.Abs(one) < 8) ? result : null;
    }

    private static (double X, double Y, double Z) Whole((double X, double Y) colour) => (colour.X / colour.Y, 1, (1 - colour.X - colour.Y) / colour.Y);

    private static (double X, double Y, double Z) Scale((double X, double Y, double Z) colour, double by) => (colour.X * by, colour.Y * by, colour.Z * by);

    private static double[,] FromColumns((double X, double Y, double Z) a, (double X, double Y, double Z) b, (double X, double Y, double Z) c) =>
        new[,] { { a.X, b.X, c.X }, { a.Y, b.Y, c.Y }, { a.Z, b.Z, c.Z } };

    private static (double X, double Y, double Z) Apply(double[,] matrix, (double X, double Y, double Z) colour) =>
        (
            (matrix[0, 0] * colour.X) + (matrix[0, 1] * colour.Y) + (matrix[0, 2] * colour.Z),
            (matrix[1, 0] * colour.X) + (matrix[1, 1] * colour.Y) + (matrix[1, 2] * colour.Z),
            (matrix[2, 0] * colour.X) + (matrix[2, 1] * colour.Y) + (matrix[2, 2] * colour.Z));

    private static double[,] Multiply(double[,] left, double[,] right)
    {
        double[,] product = new double[3, 3];
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                product[row, column] = (left[row, 0] * right[0, column]) + (left[row, 1] * right[1, column]) + (left[row, 2] * right[2, column]);
            }
        }

        return product;
    }

    private static double[,]? Inverse(double[,] m)
    {
        double a = (m[1, 1] * m[2, 2]) - (m[1, 2] * m[2, 1]);
        double b = (m[1, 2] * m[2, 0]) - (m[1, 0] * m[2, 2]);
        double c = (m[1, 0] * m[2, 1]) - (m[1, 1] * m[2, 0]);
        double determinant = (m[0, 0] * a) + (m[0, 1] * b) + (m[0, 2] * c);
        if (Math.Abs(determinant) < 1e-9)
        {
            return null;
        }

        return new[,]
        {
            { a / determinant, ((m[0, 2] * m[2, 1]) - (m[0, 1] * m[2, 2])) / determinant, ((m[0, 1] * m[1, 2]) - (m[0, 2] * m[1, 1])) / determinant },
            { b / determinant, ((m[0, 0] * m[2, 2]) - (m[0, 2] * m[2, 0])) / determinant, ((m[0, 2] * m[1, 0]) - (m[0, 0] * m[1, 2])) / determinant },
            { c / determinant, ((m[0, 1] * m[2, 0]) - (m[0, 0] * m[2, 1])) / determinant, ((m[0, 0] * m[1, 1]) - (m[0, 1] * m[1, 0])) / determinant },
        };
    }
}

/// <summary>The colours of pure red, green, blue and white, as CIE x and y.</summary>
internal sealed record RgbPrimaries((double X, double Y) White, (double X, double Y) Red, (double X, double Y) Green, (double X, double Y) Blue)
{
    private static readonly (double X, double Y) D65 = (0.3127, 0.3290);

    public static readonly RgbPrimaries Srgb = new(D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060));
    public static readonly RgbPrimaries Bt470M = new((0.310, 0.316), (0.670, 0.330), (0.210, 0.710), (0.140, 0.080));
    public static readonly RgbPrimaries Bt601Of625 = new(D65, (0.640, 0.330), (0.290, 0.600), (0.150, 0.060));
    public static readonly RgbPrimaries Bt601Of525 = new(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070));
    public static readonly RgbPrimaries Bt2020 = new(D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046));
    public static readonly RgbPrimaries DciP3 = new((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060));
    public static readonly RgbPrimaries DisplayP3 = new(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060));

    public IEnumerable<(double X, double Y)> All => [White, Red, Green, Blue];
}

/// <summary>How a stored value, 0 to 1, maps to light, 0 to 1.</summary>
internal sealed record ToneCurve(Func<double, double> ToLight)
{
    // ITU-R BT.2408: the white of ordinary pictures next to HDR.
    private const double NitsOfWhite = 203;

    private const double NitsOfPeak = 1000;

    public static readonly ToneCurve Srgb = new(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4));

    public static readonly ToneCurve Smpte240 = new(value => value < 0.0913 ? value / 4 : Math.Pow((value + 0.1115) / 1.1115, 1 / 0.45));

    /// <summary>SMPTE ST 2084, for screens without HDR.</summary>
    public static readonly ToneCurve Pq = new(value =>
    {
        double root = Math.Pow(value, 1 / 78.84375);
        return ToneMapped(Math.Pow(Math.Max(root - 0.8359375, 0) / (18.8515625 - (18.6875 * root)), 1 / 0.1593017578125) * 10_000 / NitsOfWhite);
    });

    /// <summary>ARIB STD-B67, for screens without HDR.</summary>
    public static readonly ToneCurve Hlg = new(value => ToneMapped(
        Math.Pow(value <= 0.5 ? value * value / 3 : (Math.Exp((value - 0.559_910_73) / 0.178_832_77) + 0.284_668_92) / 12, 1.2) * NitsOfPeak / NitsOfWhite));

    public static ToneCurve Power(double exponent) => new(value => Math.Pow(value, exponent));

    // As Chromium 156 does it (measured on greys): half the light up to the white of ordinary pictures, and above that along a
    // parabola to the peak.
    private static double ToneMapped(double light)
    {
        const double Peak = NitsOfPeak / NitsOfWhite;
        if (light <= 1)
        {
            return light / 2;
        }

        if (light >= Peak)
        {
            return 1;
        }

        const double Bend = 2 * Peak / (Peak + 1);
        (double a, double b) = (1 - (2 * Bend) + Peak, 2 * (Bend - 1));
        double t = (-b + Math.Sqrt((b * b) + (4 * a * (light - 1)))) / (2 * a);
        return (0.5 * (1 - t) * (1 - t)) + (Bend * t * (1 - t)) + (t * t);
    }
}
