using System.Buffers.Binary;
using NetVips;

namespace ImageBackend.Testing;

/// <summary>Small photos in formats that are not stored, made on the spot.</summary>
internal static class ForeignPictures
{
    /// <returns>A WebP of the four quadrants.</returns>
    public static byte[] WebP(int width = 120, int height = 80, bool isLossless = false)
    {
        using Image image = Pictures.Quadrants(width, height);
        return image.WebpsaveBuffer(q: 95, lossless: isLossless, keep: Enums.ForeignKeep.None);
    }

    /// <returns>A WebP whose lower right quadrant is transparent.</returns>
    public static byte[] TransparentWebP(int width = 120, int height = 80)
    {
        using Image image = Image.NewFromBuffer(Pictures.TransparentPng(width, height));
        return image.WebpsaveBuffer(q: 95, keep: Enums.ForeignKeep.None);
    }

    /// <returns>A WebP of the four quadrants with an alpha channel in which all is opaque. Encoders leave such a channel out.</returns>
    public static byte[] OpaqueWebP(int width = 120, int height = 80)
    {
        byte[] alpha = [0, .. Enumerable.Repeat((byte)255, width * height)]; // without compression
        return WithChunks(WebP(width, height), ("ALPH", alpha));
    }

    /// <returns>A WebP of flat frames of red, green and blue.</returns>
    public static byte[] AnimatedWebP(int width = 60, int height = 40)
    {
        using Image frames = Image.NewFromBuffer(Pictures.AnimatedGif(width, height, [100, 100, 100], loops: 0), kwargs: new VOption { { "n", -1 } });
        return frames.WebpsaveBuffer(lossless: true);
    }

    /// <summary>Adds metadata to a WebP.</summary>
    /// <param name="chunks">Their names, four letters, and contents; <c>ICCP</c> and <c>ALPH</c> come before the picture.</param>
    public static byte[] WithChunks(byte[] webP, params (string Name, byte[] Content)[] chunks)
    {
        (int width, int height) = Look.SizeOf(webP);
        bool isExtended = webP.AsSpan(12).StartsWith("VP8X"u8);
        byte flags = (byte)((isExtended ? webP[20] : 0) | chunks.Sum(chunk => chunk.Name switch { "EXIF" => 8, "XMP " => 4, "ICCP" => 0x20, "ALPH" => 0x10, _ => 0 }));
        byte[] head = [flags, 0, 0, 0, .. Three(width - 1), .. Three(height - 1)];
        byte[] rest =
        [
            .. "WEBP"u8,
            .. Chunk("VP8X", head),
            .. chunks.Where(chunk => chunk.Name is "ICCP" or "ALPH").SelectMany(chunk => Chunk(chunk.Name, chunk.Content)),
            .. webP[(isExtended ? 30 : 12)..],
            .. chunks.Where(chunk => chunk.Name is not ("ICCP" or "ALPH")).SelectMany(chunk => Chunk(chunk.Name, chunk.Content)),
        ];
        return [.. "RIFF"u8, .. Length(rest.Length), .. rest];

        static byte[] Three(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
    }

    /// <returns>An AVIF of the four quadrants.</returns>
    public static byte[] Avif(int width = 120, int height = 80, bool hasFullChroma = true, int bits = 8)
    {
        using Image image = Pictures.Quadrants(width, height);
        return Avif(image, hasFullChroma, bits);
    }

    public static byte[] Avif(Image image, bool hasFullChroma = true, int bits = 8) => image.HeifsaveBuffer(
        q: 90,
        bitdepth: bits,
        compression: Enums.ForeignHeifCompression.Av1,
        effort: 0,
        subsampleMode: hasFullChroma ? Enums.ForeignSubsample.Off : Enums.ForeignSubsample.On,
        keep: Enums.ForeignKeep.None);

    /// <returns>A container of one AVIF picture; its colours are sRGB unless they are given.</returns>
    public static HeifBuilder Container(byte[] avif, params byte[][] properties)
    {
        HeifBuilder builder = new();
        builder.Add(HeifBuilder.Open(avif), properties);
        return builder;
    }

    private static byte[] Chunk(string name, byte[] content) =>
        [.. System.Text.Encoding.ASCII.GetBytes(name), .. Length(content.Length), .. content, .. content.Length % 2 == 0 ? [] : new byte[1]];

    private static byte[] Length(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
