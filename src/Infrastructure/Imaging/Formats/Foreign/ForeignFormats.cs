using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>Tells the formats that photos may come in but are not stored in.</summary>
internal static class ForeignFormats
{
    /// <summary>Number of bytes at the start of a file that <see cref="BySignature"/> needs. The longest list of brands seen has 40.</summary>
    public const int SignatureBytes = 256;

    private const int BrandBytes = 4;
    private const int MainBrand = 8; // after the length and the name of the first box
    private const int OtherBrands = 16; // after the version of the main one

    /// <param name="head">The first <see cref="SignatureBytes"/> of the file, or all of it. They are compared, never parsed.</param>
    /// <returns>One of <see cref="ImageFormat.Converted"/>; null: it has none of these formats.</returns>
    public static ImageFormat? BySignature(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8))
        {
            return ImageFormat.WebP;
        }

        return head.Length >= OtherBrands && head[4..].StartsWith("ftyp"u8) ? ByBrands(head) : null;
    }

    // A main brand that says nothing about the encoding is followed by one that does.
    private static ImageFormat? ByBrands(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> main = head.Slice(MainBrand, BrandBytes);
        if (OfBrand(main) is { } format)
        {
            return format;
        }

        if (!main.SequenceEqual("mif1"u8) && !main.SequenceEqual("msf1"u8) && !main.SequenceEqual("mif2"u8) && !main.SequenceEqual("miaf"u8))
        {
            return null;
        }

        uint box = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head);
        for (int at = OtherBrands; at + BrandBytes <= Math.Min(box, (uint)head.Length); at += BrandBytes)
        {
            if (OfBrand(head.Slice(at, BrandBytes)) is { } other)
            {
                return other;
            }
        }

        return null;
    }

    private static ImageFormat? OfBrand(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) ? ImageFormat.Avif
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) ? ImageFormat.Heic // heic, heix, heim, heis; hevc, hevx, hevm, hevs
        : null;
}
