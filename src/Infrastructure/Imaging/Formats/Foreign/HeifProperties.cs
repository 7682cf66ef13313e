using System.Buffers.Binary;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

internal readonly record struct HeifProperty(string Kind, byte[] Content);

/// <summary>What the properties of one picture in a HEIF container say; null: nothing.</summary>
/// <param name="IsTransformed">Whether it is rotated or mirrored by the container.</param>
/// <param name="HasProfile">Whether it has an ICC profile.</param>
/// <param name="StreamColours">How the encoded picture itself describes its colours.</param>
/// <param name="IsAlpha">Whether it is the transparency of another picture.</param>
internal sealed record HeifProperties(
    PixelSize? Size, bool IsTransformed, bool? HasFullChroma, int? Bits, bool HasProfile, HeifColours? Colours, HeifColours? StreamColours, bool IsAlpha)
{
    private const int FullHeadBytes = 4;

    public static HeifProperties Of(IEnumerable<HeifProperty> properties)
    {
        HeifProperties found = new(null, IsTransformed: false, null, null, HasProfile: false, null, null, IsAlpha: false);
        foreach ((string kind, byte[] content) in properties)
        {
            found = (kind, content.Length) switch
            {
                ("ispe", >= FullHeadBytes + 8) => found with { Size = ReadSize(content.AsSpan(FullHeadBytes)) },
                ("irot" or "imir", _) => found with { IsTransformed = true },
                ("av1C", >= 4) => found with { HasFullChroma = (content[2] & 0x1C) == 0, Bits = (content[2] & 0x40) == 0 ? 8 : (content[2] & 0x20) == 0 ? 10 : 12 },
                ("hvcC", >= 19) => found with { HasFullChroma = (content[16] & 3) == 3, Bits = 8 + (content[17] & 7), StreamColours = HevcColours.TryRead(content) },
                ("colr", >= 4) when IsProfile(content) => found with { HasProfile = true },
                ("colr", >= 11) when content.AsSpan().StartsWith("nclx"u8) => found with { Colours = ReadColours(content.AsSpan(4)) },
                ("auxC", _) => found with { IsAlpha = content.AsSpan().IndexOf("alpha"u8) >= 0 || content.AsSpan().IndexOf("auxid:1\0"u8) >= 0 },
                _ => found,
            };
        }

        return found;
    }

    private static bool IsProfile(ReadOnlySpan<byte> content) => content.StartsWith("prof"u8) || content.StartsWith("rICC"u8);

    // A size that no picture has stays one when it is shown as a number.
    private static PixelSize ReadSize(ReadOnlySpan<byte> content) => new(
        (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(content), int.MaxValue),
        (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(content[4..]), int.MaxValue));

    private static HeifColours ReadColours(ReadOnlySpan<byte> content) => new(
        BinaryPrimitives.ReadUInt16BigEndian(content),
        BinaryPrimitives.ReadUInt16BigEndian(content[2..]),
        BinaryPrimitives.ReadUInt16BigEndian(content[4..]),
        (content[6] & 0x80) != 0);
}
