using System.Buffers.Binary;
using System.Text;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>The tags of an ICC profile that describe colours by curves and a matrix (ICC.1:2010). A stranger's bytes: nothing in them is trusted.</summary>
internal sealed class ProfileTags
{
    /// <summary>Levels of a curve: one for each value of 8 bits.</summary>
    public const int Levels = 256;

    private const int HeaderBytes = 128;
    private const int TagBytes = 12;
    private const int MaxTags = 100; // real profiles have up to 30

    private readonly byte[] _bytes;
    private readonly Dictionary<string, (int At, int Length)> _tags = [];

    /// <param name="bytes">Of a profile; one that is broken has no tags.</param>
    public ProfileTags(byte[] bytes)
    {
        _bytes = bytes;
        int count = bytes.Length < HeaderBytes + 4 ? 0 : Math.Min(Number(HeaderBytes), MaxTags);
        for (int at = HeaderBytes + 4; count > 0 && at + TagBytes <= bytes.Length; at += TagBytes, count--)
        {
            (int start, int length) = (Number(at + 4), Number(at + 8));
            if (start >= 0 && length >= 8 && start <= bytes.Length - length)
            {
                _tags[Text(at)] = (start, length);
            }
        }
    }

    /// <summary>Such as <c>RGB </c> or <c>GRAY</c>.</summary>
    public string ColourSpace => _bytes.Length < HeaderBytes ? "" : Text(16);

    /// <summary>Whether colours are given by tables.</summary>
    public bool HasTables => _tags.ContainsKey("A2B0") || _tags.ContainsKey("A2B1");

    /// <returns>A column of the matrix, in the white of profiles (D50); null: there is none.</returns>
    public double[]? Column(string tag) => _tags.TryGetValue(tag, out (int At, int Length) found) && Text(found.At) == "XYZ " && found.Length >= 20
        ? [Fixed(found.At + 8), Fixed(found.At + 12), Fixed(found.At + 16)]
        : null;

    /// <returns>Linear light, 0 to 1, for each of <see cref="Levels"/>; null: there is none.</returns>
    public double[]? Curve(string tag) => !_tags.TryGetValue(tag, out (int At, int Length) found) || found.Length < 12 ? null
        : Text(found.At) == "curv" ? Curve(found.At, found.Length)
        : Text(found.At) == "para" ? Parametric(found.At, found.Length)
        : null;

    private double[]? Curve(int at, int length)
    {
        int count = Number(at + 8);
        if (count < 0 || count > (length - 12) / 2)
        {
            return null;
        }

        return count switch
        {
            0 => Each(level => level),
            1 => Each(level => Math.Pow(level, BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at + 12)) / 256.0)),
            _ => Each(Interpolated),
        };

        double Interpolated(double level)
        {
            double place = level * (count - 1);
            int low = (int)place;
            double below = Entry(low);
            return below + ((Entry(Math.Min(low + 1, count - 1)) - below) * (place - low));
        }

        double Entry(int i) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at + 12 + (2 * i))) / 65_535.0;
    }

    // Table 65 of the standard; the parameters that a kind lacks are those that change nothing.
    private double[]? Parametric(int at, int length)
    {
        int kind = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at + 8));
        int[] counts = [1, 3, 4, 5, 7];
        if (kind >= counts.Length || length < 12 + (4 * counts[kind]))
        {
            return null;
        }

        double[] p = [.. Enumerable.Range(0, counts[kind]).Select(i => Fixed(at + 12 + (4 * i)))];
        return kind switch
        {
            0 => Each(x => Math.Pow(x, p[0])),
            1 => Each(x => x >= -p[2] / p[1] ? Math.Pow((p[1] * x) + p[2], p[0]) : 0),
            2 => Each(x => x >= -p[2] / p[1] ? Math.Pow((p[1] * x) + p[2], p[0]) + p[3] : p[3]),
            3 => Each(x => x >= p[4] ? Math.Pow((p[1] * x) + p[2], p[0]) : p[3] * x),
            _ => Each(x => x >= p[4] ? Math.Pow((p[1] * x) + p[2], p[0]) + p[5] : (p[3] * x) + p[6]),
        };
    }

    private static double[]? Each(Func<double, double> curve)
    {
        double[] levels = [.. Enumerable.Range(0, Levels).Select(level => curve(level / (Levels - 1.0)))];
        return levels.All(double.IsFinite) ? levels : null;
    }

    private int Number(int at) => BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(at));

    private double Fixed(int at) => Number(at) / 65_536.0;

    private string Text(int at) => Encoding.Latin1.GetString(_bytes, at, 4);
}
