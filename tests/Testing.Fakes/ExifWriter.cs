using System.Buffers.Binary;
using System.Text;

namespace ImageBackend.Testing;

/// <summary>Writes EXIF blocks, in either byte order, from directories of entries.</summary>
public sealed class ExifWriter
{
    private readonly List<byte> _bytes = [];
    private readonly bool _isBigEndian;

    private ExifWriter(bool isBigEndian) => _isBigEndian = isBigEndian;

    /// <param name="directories">In order: that of the photo, that of its thumbnail.</param>
    /// <returns>The block, as it follows the signature in a JPEG, and as it is in a PNG.</returns>
    public static byte[] Write(bool isBigEndian, params ExifTag[][] directories)
    {
        ExifWriter writer = new(isBigEndian);
        writer._bytes.AddRange(isBigEndian ? "MM\0*"u8 : "II*\0"u8);
        writer._bytes.AddRange(new byte[4]);
        int offsetAt = 4;
        foreach (ExifTag[] directory in directories)
        {
            (int at, int next) = writer.Append(directory);
            writer.Patch(offsetAt, at);
            offsetAt = next;
        }

        return [.. writer._bytes];
    }

    /// <returns>
    /// What a phone writes: orientation, owner, time with offset and fraction, place, and a thumbnail with its own place.
    /// </returns>
    public static byte[] Photo(bool isBigEndian, ushort orientation = 1, byte[]? thumbnail = null) => Write(
        isBigEndian,
        [
            ExifTag.Text(0x010F, "Maker"),
            ExifTag.Number16(0x0112, orientation),
            ExifTag.Text(0x013B, "SECRET-OWNER"),
            ExifTag.Directory(0x8769, ExifTag.Text(0x9003, "2026:07:14 09:31:05"), ExifTag.Text(0x9011, "+02:00"), ExifTag.Text(0x9291, "12")),
            ExifTag.Directory(0x8825, Place),
        ],
        [ExifTag.Number16(0x0112, orientation), ExifTag.Thumbnail(thumbnail ?? []), ExifTag.Number32(0x0202, thumbnail?.Length ?? 0)]);

    /// <summary>45° 50′ 1.5″ N, 6° 51′ 54″ E, 4805.6 m.</summary>
    public static ExifTag[] Place =>
    [
        ExifTag.Text(1, "N"),
        ExifTag.Fractions(2, (45, 1), (50, 1), (15, 10)),
        ExifTag.Text(3, "E"),
        ExifTag.Fractions(4, (6, 1), (51, 1), (54, 1)),
        ExifTag.Byte(5, 0),
        ExifTag.Fractions(6, (48056, 10)),
        ExifTag.Text(0x1B, "PLACE-BY-SATELLITE"),
    ];

    private (int At, int NextAt) Append(ExifTag[] directory)
    {
        int at = _bytes.Count;
        _bytes.AddRange(new byte[2 + (directory.Length * 12) + 4]);
        Number16(at, directory.Length);
        for (int i = 0; i < directory.Length; i++)
        {
            ExifTag tag = directory[i];
            int entry = at + 2 + (i * 12);
            Number16(entry, tag.Number);
            Number16(entry + 2, tag.Type);
            Patch(entry + 4, tag.Count);
            if (tag.Inner is { } inner)
            {
                Patch(entry + 8, Append(inner).At);
            }
            else if (tag.Blob is { } blob)
            {
                Patch(entry + 8, _bytes.Count);
                _bytes.AddRange(blob);
            }
            else
            {
                byte[] value = [.. tag.Numbers.SelectMany(number => Encoded(tag.Type, number))];
                if (value.Length > 4)
                {
                    Patch(entry + 8, _bytes.Count);
                    _bytes.AddRange(value);
                }
                else
                {
                    value.CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes)[(entry + 8)..]);
                }
            }
        }

        return (at, at + 2 + (directory.Length * 12));
    }

    private byte[] Encoded(ushort type, uint number)
    {
        byte[] bytes = new byte[4];
        if (type == 3)
        {
            Put16(bytes, (ushort)number);
            return bytes[..2];
        }

        Put32(bytes, number);
        return type is 4 or 5 ? bytes : [(byte)number];
    }

    private void Number16(int at, int number) => Put16(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes)[at..], (ushort)number);

    private void Patch(int at, int number) => Put32(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes)[at..], (uint)number);

    private void Put16(Span<byte> bytes, ushort number)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, number);
        }
    }

    private void Put32(Span<byte> bytes, uint number)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        }
    }
}

/// <summary>An entry of a directory: numbers, another directory, or bytes elsewhere in the block.</summary>
public sealed record ExifTag(ushort Number, ushort Type, int Count)
{
    public IReadOnlyList<uint> Numbers { get; init; } = [];

    public ExifTag[]? Inner { get; init; }

    public byte[]? Blob { get; init; }

    public static ExifTag Text(ushort number, string text) =>
        new(number, 2, text.Length + 1) { Numbers = [.. Encoding.ASCII.GetBytes(text + "\0").Select(letter => (uint)letter)] };

    public static ExifTag Byte(ushort number, byte value) => new(number, 1, 1) { Numbers = [value] };

    public static ExifTag Number16(ushort number, ushort value) => new(number, 3, 1) { Numbers = [value] };

    public static ExifTag Number32(ushort number, int value) => new(number, 4, 1) { Numbers = [(uint)value] };

    public static ExifTag Fractions(ushort number, params (uint Numerator, uint Denominator)[] values) =>
        new(number, 5, values.Length) { Numbers = [.. values.SelectMany(value => new[] { value.Numerator, value.Denominator })] };

    public static ExifTag Directory(ushort number, params ExifTag[] entries) => new(number, 4, 1) { Inner = entries };

    public static ExifTag Thumbnail(byte[] jpeg) => new(0x0201, 4, 1) { Blob = jpeg };
}
