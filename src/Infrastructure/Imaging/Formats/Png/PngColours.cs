using System.Buffers.Binary;
using ImageBackend.Infrastructure.Imaging.Formats.Colour;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>
/// What a PNG says about its colours without an ICC profile, as an ICC profile: libvips reads neither cICP nor gAMA and cHRM. Browsers
/// use the first of these that is present: cICP, iCCP, sRGB, gAMA with cHRM, gAMA alone (PNG, third edition, 11.3.2).
/// </summary>
internal sealed class PngColours
{
    /// <summary>Size of the longest chunk that describes colours without a profile: cHRM.</summary>
    public const int MaxBytes = 32;

    private const byte LimitedMatrix = 0; // for cICP: RGB
    private const double GammaUnit = 100_000;
    private const uint GammaOfSrgb = 45_455;

    private bool _isGrey;
    private bool _isSrgb;
    private uint? _gamma;
    private RgbPrimaries? _primaries;
    private byte[]? _cicp;

    public bool HasProfile { get; set; }

    /// <param name="kind">Kind of a chunk that precedes the pixels.</param>
    public void Note(string kind, ReadOnlySpan<byte> content)
    {
        switch (kind, content.Length)
        {
            case ("IHDR", 13):
                _isGrey = content[9] is 0 or 4;
                break;
            case ("cICP", 4):
                _cicp = content.ToArray();
                break;
            case ("sRGB", _):
                _isSrgb = true;
                break;
            case ("gAMA", 4):
                _gamma = BinaryPrimitives.ReadUInt32BigEndian(content);
                break;
            case ("cHRM", MaxBytes):
                _primaries = ReadPrimaries(content);
                break;
        }
    }

    /// <returns>The profile equivalent to what was noted; null: it is sRGB, says nothing, or has an ICC profile that counts.</returns>
    public byte[]? Profile()
    {
        if (_cicp is not null && OfCodes(_cicp, _isGrey) is { } coded)
        {
            return coded.IsSrgb ? null : coded.Profile;
        }

        bool countsGamma = !HasProfile && !_isSrgb && _gamma is > 0 && (_gamma != GammaOfSrgb || _primaries is not null);
        return !countsGamma ? null
            : IccProfile.TryWrite(_isGrey, _primaries ?? RgbPrimaries.Srgb, ToneCurve.Power(GammaUnit / _gamma!.Value));
    }

    private static CodedColours? OfCodes(byte[] cicp, bool isGrey) =>
        cicp[2] != LimitedMatrix || cicp[3] != 1
            ? null // not full range, which PNG does not have: ignored, as in browsers
            : CodedColours.TryFind(cicp[0], cicp[1], isGrey);

    private static RgbPrimaries ReadPrimaries(ReadOnlySpan<byte> value)
    {
        double[] xy = new double[8];
        for (int i = 0; i < xy.Length; i++)
        {
            xy[i] = BinaryPrimitives.ReadUInt32BigEndian(value[(i * 4)..]) / GammaUnit;
        }

        return new RgbPrimaries((xy[0], xy[1]), (xy[2], xy[3]), (xy[4], xy[5]), (xy[6], xy[7]));
    }
}
