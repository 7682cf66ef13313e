using System.Buffers.Binary;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>
/// What a PNG says of its colours other than by an ICC profile, as an ICC profile: libvips reads neither cICP nor gAMA and cHRM. Browsers
/// go by the first that is there of cICP, iCCP, sRGB, gAMA with cHRM, gAMA alone (PNG, third edition, 11.3.2).
/// </summary>
internal static class PngColours
{
    private const int SignatureBytes = 8;
    private const int HeadBytes = 8;
    private const int CrcBytes = 4;

    // These chunks stand before the pixels. Real files have a dozen others at most.
    private const int MaxChunks = 1000;

    private const byte LimitedMatrix = 0; // of cICP: RGB
    private const double GammaUnit = 100_000;
    private const uint GammaOfSrgb = 45_455;

    /// <param name="path">A PNG, not necessarily sound.</param>
    /// <returns>The profile that stands for what it says; null: it is sRGB, says nothing, or has an ICC profile that counts.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static byte[]? ProfileOf(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Position = SignatureBytes;
        Span<byte> head = stackalloc byte[HeadBytes];
        Span<byte> content = stackalloc byte[32]; // the longest of them, cHRM
        bool isGrey = false;
        bool hasProfile = false;
        bool isSrgb = false;
        uint? gamma = null;
        RgbPrimaries? primaries = null;
        byte[]? cicp = null;
        for (int i = 0; i < MaxChunks && file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) == HeadBytes; i++)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            long end = file.Position + length + CrcBytes;
            ReadOnlySpan<byte> kind = head[4..];
            if (kind.SequenceEqual("IDAT"u8) || kind.SequenceEqual("IEND"u8))
            {
                break;
            }

            ReadOnlySpan<byte> value = length <= content.Length ? content[..file.ReadAtLeast(content[..(int)length], (int)length, throwOnEndOfStream: false)] : [];
            if (kind.SequenceEqual("IHDR"u8) && value.Length == 13)
            {
                isGrey = value[9] is 0 or 4;
            }
            else if (kind.SequenceEqual("cICP"u8) && value.Length == 4)
            {
                cicp = value.ToArray();
            }
            else if (kind.SequenceEqual("iCCP"u8))
            {
                hasProfile = true;
            }
            else if (kind.SequenceEqual("sRGB"u8))
            {
                isSrgb = true;
            }
            else if (kind.SequenceEqual("gAMA"u8) && value.Length == 4)
            {
                gamma = BinaryPrimitives.ReadUInt32BigEndian(value);
            }
            else if (kind.SequenceEqual("cHRM"u8) && value.Length == 32)
            {
                primaries = ReadPrimaries(value);
            }

            file.Position = end;
        }

        if (cicp is not null && OfCodes(cicp, isGrey) is { } coded)
        {
            return coded.IsSrgb ? null : coded.Profile;
        }

        bool countsGamma = !hasProfile && !isSrgb && gamma is > 0 && (gamma != GammaOfSrgb || primaries is not null);
        return !countsGamma ? null
            : IccProfile.TryWrite(isGrey, primaries ?? RgbPrimaries.Srgb, ToneCurve.Power(GammaUnit / gamma!.Value));
    }

    // Codes of ITU-T H.273.
    private static (bool IsSrgb, byte[]? Profile)? OfCodes(byte[] cicp, bool isGrey)
    {
        RgbPrimaries? primaries = cicp[0] switch
        {
            1 => RgbPrimaries.Srgb,
            4 => RgbPrimaries.Bt470M,
            5 => RgbPrimaries.Bt601Of625,
            6 or 7 => RgbPrimaries.Bt601Of525,
            9 => RgbPrimaries.Bt2020,
            11 => RgbPrimaries.DciP3,
            12 => RgbPrimaries.DisplayP3,
            _ => null,
        };
        ToneCurve? curve = cicp[1] switch
        {
            1 or 6 or 14 or 15 => ToneCurve.Power(2.4), // as a television shows it (BT.1886), and Chromium
            7 => ToneCurve.Smpte240,
            13 => ToneCurve.Srgb,
            4 => ToneCurve.Power(2.2),
            5 => ToneCurve.Power(2.8),
            8 => ToneCurve.Power(1),
            16 => ToneCurve.Pq,
            18 => ToneCurve.Hlg,
            _ => null,
        };
        return primaries is null || curve is null || cicp[2] != LimitedMatrix || cicp[3] != 1
            ? null // not known, or not full range, which PNG does not have: passed over, as browsers do
            : (primaries == RgbPrimaries.Srgb && curve == ToneCurve.Srgb, IccProfile.TryWrite(isGrey, primaries, curve));
    }

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
