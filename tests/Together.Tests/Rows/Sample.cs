using System.Buffers.Binary;
using System.Text;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Together.Tests.Rows;

/// <summary>
/// A picture's file with four colours that show which way is up, padded to its length with data that every decoder skips.
/// </summary>
/// <param name="Format">As it is stored.</param>
/// <param name="Size">Size of the upright picture.</param>
/// <param name="ConvertedFrom">The format in which it is sent; null: in which it is stored.</param>
internal sealed record Sample(byte[] File, ImageFormat Format, PixelSize Size, int Frames, ImageFormat? ConvertedFrom = null)
{
    /// <summary>The default of MAX_UPLOAD_BYTES.</summary>
    public const int MaxBytes = 40_000_000;

    public const int MostBytesOfDrawing = 2_000_000;

    /// <summary>Duration of each frame of an animation.</summary>
    public const int HundredthsPerFrame = 10;

    private const int Frames3 = 3;

    // A JPEG comment with its head, and a GIF block with its length.
    private const int LongestSegment = 2 + ushort.MaxValue;
    private const int LongestBlock = 256;

    /// <summary>45° 30′ N, 6° 15′ E in EXIF's form.</summary>
    public static ReadOnlySpan<byte> Place => Exif.AsSpan(Exif.Length - 48);

    public static ReadOnlySpan<byte> Owner => "SECRET-OWNER"u8;

    private static byte[] Exif { get; } = Pictures.Exif(orientation: 6, gps: true);

    public static Sample Of(Row row)
    {
        PixelSize size = row.Length switch
        {
            Length.Pixel => new PixelSize(1, 1),
            Length.Ordinary => new PixelSize(1640, 1100),
            Length.LongSide => new PixelSize(30_000, 40),
            _ => new PixelSize(320, 200), // the number of bytes is what matters for these
        };
        (ImageFormat format, byte[] file) = row.Picture switch
        {
            Picture.JpegBaseline or Picture.JpegProgressive or Picture.JpegCmyk => (ImageFormat.Jpeg, Jpeg(row, size)),
            Picture.Png8 or Picture.Png16 or Picture.PngAlpha => (ImageFormat.Png, Png(row, size)),
            Picture.WebP => (ImageFormat.Jpeg, WebP(row, size)),
            Picture.Avif => (ImageFormat.Jpeg, Avif(row, size)),
            Picture.Gif => (ImageFormat.Gif, Gif(size, 1)),
            Picture.GifAnimated => (ImageFormat.Gif, Gif(size, Frames3)),
            _ => (ImageFormat.Svg, Svg(row, size)),
        };
        int most = format == ImageFormat.Svg ? MostBytesOfDrawing : MaxBytes;
        byte[] padded = row.Length switch
        {
            Length.JustBelow16MB => Pad(file, format, 15_999_999),
            Length.AtLimit => Pad(file, format, most),
            Length.OneByteBeyond => Pad(file, format, most + 1),
            _ => file,
        };
        return new Sample(padded, format, size, row.Picture == Picture.GifAnimated ? Frames3 : 1, row.Picture == Picture.WebP ? ImageFormat.WebP : row.Picture == Picture.Avif ? ImageFormat.Avif : null);
    }

    private static byte[] Jpeg(Row row, PixelSize size)
    {
        using Image upright = Pictures.Quadrants(size.Width, size.Height);
        using Image stored = Stored(upright, row);
        using Image colours = row.Picture == Picture.JpegCmyk ? stored.Colourspace(Enums.Interpretation.Cmyk) : stored.Copy();
        byte[] file = colours.JpegsaveBuffer(q: 90, interlace: row.Picture == Picture.JpegProgressive, keep: Enums.ForeignKeep.None);
        return row.HasExif ? Pictures.InsertAfterStart(file, Pictures.Segment(0xE1, Exif)) : file;
    }

    private static byte[] Png(Row row, PixelSize size)
    {
        using Image upright = row.Picture == Picture.PngAlpha ? WithHole(size) : Pictures.Quadrants(size.Width, size.Height);
        using Image stored = Stored(upright, row);
        bool isDeep = row.Picture == Picture.Png16;
        using Image scaled = stored * (isDeep ? 257 : 1);
        using Image cast = scaled.Cast(isDeep ? Enums.BandFormat.Ushort : Enums.BandFormat.Uchar);
        using Image image = cast.Copy(interpretation: isDeep ? Enums.Interpretation.Rgb16 : Enums.Interpretation.Srgb);
        byte[] file = image.PngsaveBuffer(bitdepth: isDeep ? 16 : 8, keep: Enums.ForeignKeep.None);
        return row.HasExif ? Pictures.InsertAfterHeader(file, Pictures.Chunk("eXIf", Exif["Exif\0\0".Length..])) : file;
    }

    private static byte[] WebP(Row row, PixelSize size)
    {
        using Image upright = Pictures.Quadrants(size.Width, size.Height);
        using Image stored = Stored(upright, row);
        byte[] file = stored.WebpsaveBuffer(q: 90, keep: Enums.ForeignKeep.None);
        return row.HasExif ? ForeignPictures.WithChunks(file, ("EXIF", Exif["Exif\0\0".Length..])) : file;
    }

    private static byte[] Avif(Row row, PixelSize size)
    {
        using Image upright = Pictures.Quadrants(size.Width, size.Height);
        using Image stored = Stored(upright, row);
        HeifBuilder container = ForeignPictures.Container(ForeignPictures.Avif(stored));
        return (row.HasExif ? container.WithExif(Exif["Exif\0\0".Length..]) : container).Build();
    }

    // The lower right is transparent black.
    private static Image WithHole(PixelSize size)
    {
        using Image colours = Pictures.Quadrants(size.Width, size.Height, [Pictures.Red, Pictures.Green, Pictures.Blue, new Rgb(0, 0, 0)]);
        using Image opaque = Pictures.Flat(size.Width, size.Height, Pictures.White);
        (int x, int y) = (size.Width / 2, size.Height / 2);
        using Image mask = opaque[0].Mutate(pixels => pixels.DrawRect([0], x, y, size.Width - x, size.Height - y, fill: true));
        return colours.Bandjoin(mask);
    }

    private static byte[] Gif(PixelSize size, int frames)
    {
        Image[] all =
        [
            Pictures.Quadrants(size.Width, size.Height),
            .. Enumerable.Range(1, frames - 1).Select(i => Pictures.Flat(size.Width, size.Height, Pictures.QuadrantColours[i])),
        ];
        try
        {
            using Image joined = Image.Arrayjoin(all, across: 1);
            using Image animation = joined.Mutate(tags =>
            {
                tags.Set(GValue.GIntType, "page-height", size.Height);
                tags.Set(GValue.ArrayIntType, "delay", Enumerable.Repeat(10 * HundredthsPerFrame, frames).ToArray());
            });
            return animation.GifsaveBuffer(dither: 0);
        }
        finally
        {
            Array.ForEach(all, image => image.Dispose());
        }
    }

    private static byte[] Svg(Row row, PixelSize size)
    {
        string photo = Convert.ToBase64String(Pictures.Jpeg(40, 30));
        // All four colours again, in what is pale without it.
        string inside = row.Picture == Picture.SvgWithPicture
            ? $"""<image x="1.9" y="1.9" width="0.1" height="0.1" preserveAspectRatio="none" xlink:href="data:image/jpeg;base64,{photo}"/>"""
            : "";
        // As it is once sanitised: the limit applies then, too.
        return Encoding.UTF8.GetBytes(Pictures.Svg(size.Width, size.Height, inside).Replace("/>", " />", StringComparison.Ordinal));
    }

    // Orientation 6 means: turn it clockwise.
    private static Image Stored(Image upright, Row row) => row.HasExif ? upright.Rot270() : upright.Copy();

    private static byte[] Pad(byte[] file, ImageFormat format, int length)
    {
        int more = length - file.Length;
        byte[] padding = new byte[more];
        int at;
        if (format == ImageFormat.Jpeg)
        {
            at = 2;
            FillWithComments(padding);
        }
        else if (format == ImageFormat.Png)
        {
            at = 33;
            BinaryPrimitives.WriteInt32BigEndian(padding, more - 12);
            "paDd"u8.CopyTo(padding.AsSpan(4));
            BinaryPrimitives.WriteUInt32BigEndian(padding.AsSpan(more - 4), CrcOfPadding(more - 12));
        }
        else if (format == ImageFormat.Gif)
        {
            at = file.Length - 1;
            FillWithBlocks(padding);
        }
        else
        {
            at = file.Length - "</svg>".Length;
            padding.AsSpan().Fill((byte)' ');
        }

        return [.. file[..at], .. padding, .. file[at..]];
    }

    private static void FillWithComments(Span<byte> padding)
    {
        while (padding.Length > 0)
        {
            int segment = Math.Min(LongestSegment, padding.Length);
            // What is left must be a complete comment again.
            segment -= padding.Length - segment is > 0 and < 4 ? 4 : 0;
            padding[0] = 0xFF;
            padding[1] = 0xFE;
            BinaryPrimitives.WriteUInt16BigEndian(padding[2..], (ushort)(segment - 2));
            padding = padding[segment..];
        }
    }

    private static void FillWithBlocks(Span<byte> padding)
    {
        padding[0] = 0x21;
        padding[1] = 0xFE;
        padding = padding[2..^1]; // the final block is the empty one
        while (padding.Length > 0)
        {
            int block = Math.Min(LongestBlock, padding.Length);
            block -= padding.Length - block == 1 ? 1 : 0;
            padding[0] = (byte)(block - 1);
            padding = padding[block..];
        }
    }

    // Of the chunk's name and so many zeros.
    private static uint CrcOfPadding(int zeros)
    {
        uint crc = uint.MaxValue;
        foreach (byte letter in "paDd"u8)
        {
            crc = Next(crc, letter);
        }

        uint[] table = [.. Enumerable.Range(0, 256).Select(low => Next((uint)low, 0))];
        for (int i = 0; i < zeros; i++)
        {
            crc = (crc >> 8) ^ table[crc & 0xFF];
        }

        return ~crc;

        static uint Next(uint crc, byte one)
        {
            crc ^= one;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }

            return crc;
        }
    }
}
