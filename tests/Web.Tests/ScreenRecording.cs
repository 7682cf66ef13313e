namespace ImageBackend.Web.Tests;

/// <summary>Writes GIFs as screen recorders do: one whole frame, then small patches where a pointer moves.</summary>
internal static class ScreenRecording
{
    private const int Pointer = 16;
    private const int CodeBits = 3; // for four colours, plus the two codes that clear and end

    public static byte[] Write(int width, int height, int frames)
    {
        List<byte> file = [.. "GIF89a"u8, .. Number(width), .. Number(height), 0x91, 0, 0];
        file.AddRange([245, 245, 245, 220, 30, 30, 30, 30, 220, 0, 0, 0]);
        file.AddRange([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
        AddFrame(file, 0, 0, width, height, (x, y) => (byte)(y / 28 % 4 == 0 ? 1 : x < width / 2 ? 0 : 2));
        for (int i = 1; i < frames; i++)
        {
            AddFrame(file, i * 3 % (width - Pointer), i * 2 % (height - Pointer), Pointer, Pointer, (x, y) => (byte)(x <= y ? 3 : 0));
        }

        return [.. file, 0x3B];
    }

    private static void AddFrame(List<byte> file, int left, int top, int width, int height, Func<int, int, byte> colourAt)
    {
        file.AddRange([0x21, 0xF9, 4, 4, 4, 0, 0, 0]); // stays, 40 ms
        file.AddRange([0x2C, .. Number(left), .. Number(top), .. Number(width), .. Number(height), 0, 2]);
        byte[] codes = [.. Codes(width, height, colourAt)];
        for (int at = 0; at < codes.Length; at += 255)
        {
            byte[] block = codes[at..Math.Min(codes.Length, at + 255)];
            file.AddRange([(byte)block.Length, .. block]);
        }

        file.Add(0);
    }

    // The table is cleared before it grows, so that all codes have the same width and nothing is compressed.
    private static IEnumerable<byte> Codes(int width, int height, Func<int, int, byte> colourAt)
    {
        int bits = 0;
        int count = 0;
        int sinceClear = 2;
        for (int i = 0; i <= width * height; i++)
        {
            if (sinceClear == 2)
            {
                bits |= 4 << count;
                count += CodeBits;
                sinceClear = 0;
            }

            bits |= (i == width * height ? 5 : colourAt(i % width, i / width)) << count;
            count += CodeBits;
            sinceClear++;
            for (; count >= 8; count -= 8, bits >>= 8)
            {
                yield return (byte)bits;
            }
        }

        yield return (byte)bits;
    }

    private static byte[] Number(int value) => [(byte)value, (byte)(value >> 8)];
}
