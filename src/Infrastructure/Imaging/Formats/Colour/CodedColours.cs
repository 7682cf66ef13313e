namespace ImageBackend.Infrastructure.Imaging.Formats.Colour;

/// <summary>Colours that are described by codes of ITU-T H.273, as an ICC profile.</summary>
/// <param name="IsSrgb">Whether they are those that are assumed without a profile.</param>
/// <param name="IsHdr">Whether they reach beyond ordinary white; the profile brings them back to it.</param>
/// <param name="Profile">Null: the primaries span no colour space.</param>
internal sealed record CodedColours(bool IsSrgb, bool IsHdr, byte[]? Profile)
{
    private const int PqTransfer = 16;
    private const int HlgTransfer = 18;

    /// <returns>Null: a code is unknown, or means that nothing is said.</returns>
    public static CodedColours? TryFind(int primaries, int transfer, bool isGrey)
    {
        RgbPrimaries? colours = primaries switch
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
        ToneCurve? curve = transfer switch
        {
            1 or 6 or 14 or 15 => ToneCurve.Power(2.4), // as a television shows it (BT.1886), and Chromium
            7 => ToneCurve.Smpte240,
            13 => ToneCurve.Srgb,
            4 => ToneCurve.Power(2.2),
            5 => ToneCurve.Power(2.8),
            8 => ToneCurve.Power(1),
            PqTransfer => ToneCurve.Pq,
            HlgTransfer => ToneCurve.Hlg,
            _ => null,
        };
        return colours is null || curve is null
            ? null
            : new CodedColours(
                colours == RgbPrimaries.Srgb && curve == ToneCurve.Srgb,
                transfer is PqTransfer or HlgTransfer,
                IccProfile.TryWrite(isGrey, colours, curve));
    }
}
