using ImageBackend.Infrastructure.Imaging.Formats.Colour;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>Codes of ITU-T H.273 in a HEIF container.</summary>
/// <param name="Matrix">How brightness and colour were made from red, green and blue.</param>
/// <param name="IsFullRange">Whether black is 0, rather than 16 as in television.</param>
internal sealed record HeifColours(int Primaries, int Transfer, int Matrix, bool IsFullRange)
{
    /// <summary>Null: they say nothing that is known.</summary>
    public CodedColours? Known => CodedColours.TryFind(Primaries, Transfer, isGrey: false);
}
