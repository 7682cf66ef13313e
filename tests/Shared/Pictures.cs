using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NetVips;

namespace ImageBackend.Testing;

/// <summary>
/// Small pictures, made on the spot. EXIF, chunks and the like are written byte by byte, independently of the library under test.
/// </summary>
internal static class Pictures
{
    public static readonly Rgb Red = new(220, 30, 30);
    public static readonly Rgb Green = new(30, 180, 30);
    public static readonly Rgb Blue = new(30, 30, 220);
    public static readonly Rgb Pale = new(240, 240, 240);
    public static readonly Rgb White = new(255, 255, 255);

    /// <summary>Top left, top right, bottom left, bottom right of <see cref="Quadrants(int, int)"/>.</summary>
    public static readonly Rgb[] QuadrantColours = [Red, Green, Blue, Pale];

    /// <returns>Four colours that show which way is up; the caller disposes it.</returns>
    public static Image Quadrants(int width, int height) => Quadrants(width, height, QuadrantColours);

    public static Image Quadrants(int width, int height, IReadOnlyList<Rgb> colours)
    {
        using Image two = Flat(2, 2, White);
        using Image small = two.Mutate(pixels =>
        {
            for (int i = 0; i < 4; i++)
            {
                pixels.DrawRect([colours[i].R, colours[i].G, colours[i].B], i % 2, i / 2, 1, 1);
            }
        });
        using Image large = small.Resize(width / 2.0, kernel: Enums.Kernel.Nearest, vscale: height / 2.0);
        return large.CopyMemory();
    }

    public static Image Flat(int width, int height, Rgb colour)
    {
        using Image black = Image.Black(width, height, bands: 3);
        using Image coloured = black + new double[] { colour.R, colour.G, colour.B };
        using Image bytes = coloured.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <returns>A picture that no encoder makes much smaller, so that the file's size says how much is read.</returns>
    public static Image Noise(int width, int height)
    {
        using Image red = Image.Gaussnoise(width, height, sigma: 60, mean: 128, seed: 1);
        using Image green = Image.Gaussnoise(width, height, sigma: 60, mean: 128, seed: 2);
        using Image blue = Image.Gaussnoise(width, height, sigma: 60, mean: 128, seed: 3);
        using Image joined = red.Bandjoin(green, blue);
        using Image bytes = joined.Cast(Enums.BandFormat.Uchar);
        using Image colour = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
        return colour.CopyMemory();
    }

    /// <returns>A file of 620x410 in a format, by its extension.</returns>
    public static byte[] Of(string extension)
    {
        using Image image = Quadrants(620, 410);
        return extension switch
        {
            "jpg" => Jpeg(image),
            "png" => image.PngsaveBuffer(),
            "gif" => image.GifsaveBuffer(dither: 0),
            _ => SvgBytes(620, 410),
        };
    }

    public static byte[] Jpeg(int width, int height)
    {
        using Image image = Quadrants(width, height);
        return Jpeg(image);
    }

    public static byte[] Jpeg(Image image, bool fullChroma = true, byte[]? profile = null)
    {
        using Image tagged = profile is null ? image.Copy() : image.Mutate(tags => tags.Set(GValue.BlobType, "icc-profile-data", profile));
        return tagged.JpegsaveBuffer(
            q: 95,
            subsampleMode: fullChroma ? Enums.ForeignSubsample.Off : Enums.ForeignSubsample.On,
            keep: profile is null ? Enums.ForeignKeep.None : Enums.ForeignKeep.Icc);
    }

    /// <returns>
    /// A JPEG that appears upright as <see cref="Quadrants(int, int)"/> if its orientation is respected (1 to 8; others count as 1).
    /// </returns>
    public static byte[] OrientedJpeg(int width, int height, int orientation, bool gps = false)
    {
        using Image upright = Quadrants(width, height);
        using Image stored = Turned(upright, orientation);
        return InsertAfterStart(Jpeg(stored), Segment(0xE1, Exif(orientation, gps)));
    }

    /// <returns>A black picture with one bit per pixel: a small file with many pixels.</returns>
    public static byte[] Empty(int width, int height)
    {
        using Image image = Image.Black(width, height);
        return image.PngsaveBuffer(bitdepth: 1, compression: 9, keep: Enums.ForeignKeep.None);
    }

    public static byte[] Png(int width, int height)
    {
        using Image image = Quadrants(width, height);
        return image.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    /// <returns>A PNG whose lower right quadrant is transparent black.</returns>
    public static byte[] TransparentPng(int width, int height, Enums.BandFormat depth = Enums.BandFormat.Uchar)
    {
        using Image colours = Quadrants(width, height, [Red, Green, Blue, new Rgb(0, 0, 0)]);
        using Image opaque = Flat(width, height, White);
        using Image mask = opaque[0].Mutate(pixels => pixels.DrawRect([0], width / 2, height / 2, width - (width / 2), height - (height / 2), fill: true));
        using Image joined = colours.Bandjoin(mask);
        if (depth == Enums.BandFormat.Uchar)
        {
            return joined.PngsaveBuffer(keep: Enums.ForeignKeep.None);
        }

        using Image scaled = joined * 257;
        using Image wide = scaled.Cast(Enums.BandFormat.Ushort);
        using Image deep = wide.Copy(interpretation: Enums.Interpretation.Rgb16);
        return deep.PngsaveBuffer(bitdepth: 16, keep: Enums.ForeignKeep.None);
    }

    public static byte[] PalettePng(int width, int height)
    {
        using Image image = Quadrants(width, height);
        return image.PngsaveBuffer(palette: true, dither: 0, keep: Enums.ForeignKeep.None);
    }

    /// <returns>Flat frames of red, green and blue.</returns>
    /// <param name="delays">Milliseconds for each.</param>
    public static byte[] AnimatedGif(int width, int height, int[] delays, int loops)
    {
        Image[] frames = [Flat(width, height, Red), Flat(width, height, Green), Flat(width, height, Blue)];
        try
        {
            using Image joined = Image.Arrayjoin(frames, across: 1);
            using Image animation = joined.Mutate(tags =>
            {
                tags.Set(GValue.GIntType, "page-height", height);
                tags.Set(GValue.ArrayIntType, "delay", delays);
                tags.Set(GValue.GIntType, "loop", loops);
            });
            return animation.GifsaveBuffer();
        }
        finally
        {
            foreach (Image frame in frames)
            {
                frame.Dispose();
            }
        }
    }

    /// <returns>A drawing of the four quadrants.</returns>
    /// <param name="inside">More of it, drawn on top.</param>
    public static string Svg(int width = 120, int height = 80, string inside = "", string before = "") => $"""
        {before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 2 2" preserveAspectRatio="none">
        <rect width="1" height="1" fill="#dc1e1e"/><rect x="1" width="1" height="1" fill="#1eb41e"/>
        <rect y="1" width="1" height="1" fill="#1e1edc"/><rect x="1" y="1" width="1" height="1" fill="#f0f0f0"/>{inside}</svg>
        """;

    public static byte[] SvgBytes(int width = 120, int height = 80) => Encoding.UTF8.GetBytes(Svg(width, height));

    /// <returns>The first half and one more byte: cut in the middle of the pixels.</returns>
    public static byte[] CutOff(byte[] file) => file[..((file.Length / 2) + 1)];

    /// <summary>An EXIF block, little-endian, with an orientation, an owner's name and optionally a place.</summary>
    public static byte[] Exif(int orientation, bool gps)
    {
        byte[] owner = "SECRET-OWNER\0"u8.ToArray();
        int entries = gps ? 3 : 2;
        int afterFirst = 8 + 2 + (entries * 12) + 4;
        int gpsAt = afterFirst + owner.Length + 1;
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("Exif\0\0II*\0"u8);
        writer.Write(8);
        writer.Write((ushort)entries);
        Entry(0x0112, 3, 1, orientation);
        Entry(0x013B, 2, owner.Length, afterFirst);
        if (gps)
        {
            Entry(0x8825, 4, 1, gpsAt);
        }

        writer.Write(0);
        writer.Write(owner);
        writer.Write((byte)0);
        if (gps)
        {
            int values = gpsAt + 2 + (4 * 12) + 4;
            writer.Write((ushort)4);
            Entry(1, 2, 2, 'N');
            Entry(2, 5, 3, values);
            Entry(3, 2, 2, 'E');
            Entry(4, 5, 3, values + 24);
            writer.Write(0);
            foreach (int number in new[] { 45, 1, 30, 1, 0, 1, 6, 1, 15, 1, 0, 1 })
            {
                writer.Write(number);
            }
        }

        return stream.ToArray();

        void Entry(int tag, int type, int count, int value)
        {
            writer.Write((ushort)tag);
            writer.Write((ushort)type);
            writer.Write(count);
            writer.Write(value);
        }
    }

    /// <summary>A segment of a JPEG.</summary>
    public static byte[] Segment(byte marker, byte[] content)
    {
        byte[] segment = [0xFF, marker, 0, 0, .. content];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(content.Length + 2));
        return segment;
    }

    public static byte[] InsertAfterStart(byte[] jpeg, params byte[][] segments) => [.. jpeg[..2], .. segments.SelectMany(bytes => bytes), .. jpeg[2..]];

    /// <summary>A chunk of a PNG.</summary>
    public static byte[] Chunk(string name, byte[] content)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(name), .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4, content.Length + 4)));
        return chunk;
    }

    /// <summary>Inserts chunks after a PNG's header.</summary>
    public static byte[] InsertAfterHeader(byte[] png, params byte[][] chunks) => [.. png[..33], .. chunks.SelectMany(bytes => bytes), .. png[33..]];

    public static byte[] Deflate(byte[] content)
    {
        using MemoryStream stream = new();
        using (ZLibStream packed = new(stream, CompressionLevel.Fastest))
        {
            packed.Write(content);
        }

        return stream.ToArray();
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }

    private static Image Turned(Image upright, int orientation)
    {
        // What must be undone to see it upright.
        using Image turned = orientation switch
        {
            3 => upright.Rot180(),
            5 or 8 => upright.Rot90(),
            6 or 7 => upright.Rot270(),
            _ => upright.Copy(),
        };
        using Image flipped = orientation switch
        {
            2 or 5 or 7 => turned.FlipHor(),
            4 => turned.FlipVer(),
            _ => turned.Copy(),
        };
        return flipped.CopyMemory();
    }
}

internal readonly record struct Rgb(int R, int G, int B)
{
    /// <summary>The largest difference of one channel, in levels.</summary>
    public int DistanceTo(Rgb other) => Math.Max(Math.Abs(R - other.R), Math.Max(Math.Abs(G - other.G), Math.Abs(B - other.B)));

    public override string ToString() => $"{R:x2}{G:x2}{B:x2}";
}
