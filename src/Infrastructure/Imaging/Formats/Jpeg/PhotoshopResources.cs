using System.Buffers.Binary;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>The blocks that Photoshop keeps in APP13 of a JPEG: <c>8BIM</c>, an identifier, a name, a length, the content.</summary>
internal static class PhotoshopResources
{
    private const ushort OldPreview = 0x0409;
    private const ushort Preview = 0x040C;

    private static ReadOnlySpan<byte> Signature => "Photoshop 3.0\0"u8;

    /// <param name="block">The whole segment, with its signature.</param>
    /// <returns>Null: it has no preview; empty: it can't be read to its end, so nobody knows what it shows.</returns>
    public static byte[]? WithoutPreviews(ReadOnlySpan<byte> block)
    {
        if (!block.StartsWith(Signature))
        {
            return null;
        }

        List<byte> kept = [.. Signature];
        for (ReadOnlySpan<byte> rest = block[Signature.Length..]; rest.Length > 0;)
        {
            if (Length(rest) is not { } length || length > rest.Length)
            {
                return [];
            }

            ushort id = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
            if (id is not (OldPreview or Preview))
            {
                kept.AddRange(rest[..length]);
            }

            rest = rest[length..];
        }

        return kept.Count == block.Length ? null : [.. kept];
    }

    // Name and content are padded to an even length, except content at the very end of the segment.
    private static int? Length(ReadOnlySpan<byte> resource)
    {
        if (resource.Length < 12 || !resource.StartsWith("8BIM"u8))
        {
            return null;
        }

        int name = (resource[6] + 2) & ~1;
        if (6 + name + 4 > resource.Length)
        {
            return null;
        }

        long content = BinaryPrimitives.ReadUInt32BigEndian(resource[(6 + name)..]);
        long end = 6 + name + 4 + content;
        return end > resource.Length ? null : (int)Math.Min(resource.Length, end + (end & 1));
    }
}
