using System.Buffers.Binary;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>
/// The directories of an EXIF block, which is a TIFF without pixels. Whatever its offsets and counts say, nothing outside the block is
/// touched.
/// </summary>
internal sealed class ExifBlock
{
    public const ushort Orientation = 0x0112;
    public const ushort ThumbnailOffset = 0x0201;
    public const ushort ThumbnailLength = 0x0202;
    public const ushort ExifDirectory = 0x8769;
    public const ushort GpsDirectory = 0x8825;
    public const ushort InteropDirectory = 0xA005;
    public const ushort SubDirectories = 0x014A;

    public const ushort Ascii = 2;
    public const ushort Short = 3;
    public const ushort Rational = 5;

    // A photo has three to five directories with at most some fifty entries.
    private const int MaxDirectories = 32;
    private const int MaxEntries = 500;

    /// <summary>The capacity of a JPEG segment. A PNG could have longer blocks, but no camera writes them.</summary>
    public const int MaxBytes = 65_535;

    private const int HeadBytes = 8;
    private const int EntryBytes = 12;

    private readonly byte[] _bytes;
    private readonly bool _isLittleEndian;

    private ExifBlock(byte[] bytes, bool isLittleEndian) => (_bytes, _isLittleEndian) = (bytes, isLittleEndian);

    public int First => Offset(4);

    /// <param name="bytes">Edited in place by <see cref="Remove"/>, <see cref="EraseDirectory"/> and by <see cref="Part"/>.</param>
    /// <returns>Null: it is not an EXIF block.</returns>
    public static ExifBlock? TryOpen(byte[] bytes) =>
        bytes.Length < HeadBytes ? null
        : bytes.AsSpan().StartsWith("II*\0"u8) ? new ExifBlock(bytes, isLittleEndian: true)
        : bytes.AsSpan().StartsWith("MM\0*"u8) ? new ExifBlock(bytes, isLittleEndian: false)
        : null;

    /// <returns>A block with an orientation and nothing else.</returns>
    /// <param name="orientation">1 to 8.</param>
    public static byte[] WithOrientation(int orientation) =>
    [
        .. "II*\0"u8, HeadBytes, 0, 0, 0, // where the directory is
        1, 0, // it has one entry
        Orientation & 0xFF, Orientation >> 8, (byte)Short, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0,
        0, 0, 0, 0, // no other directory
    ];

    /// <returns>The entries of a directory that are within the block; none if the directory is not.</returns>
    public IEnumerable<ExifEntry> Entries(int directory)
    {
        int count = CountAt(directory);
        for (int i = 0; i < count && Fits(directory + 2 + (i * EntryBytes), EntryBytes); i++)
        {
            yield return Read(directory + 2 + (i * EntryBytes));
        }
    }

    public ExifEntry? Find(int directory, ushort tag) => Entries(directory).FirstOrDefault(entry => entry.Tag == tag);

    /// <returns>1 to 8; null: there is no valid one.</returns>
    public int? FindOrientation() => Find(First, Orientation) is { Type: Short } entry && Number(entry) is >= 1 and <= 8 and int value ? value : null;

    /// <summary>The directory itself and all directories linked from it, other than GPS.</summary>
    /// <returns>Each once, even if they point at each other in a circle; null: they are more, or longer, than those of any photo.</returns>
    public IReadOnlyList<int>? AllDirectories()
    {
        List<int> found = [First];
        for (int i = 0; i < found.Count; i++)
        {
            if (CountAt(found[i]) > MaxEntries)
            {
                return null;
            }

            foreach (int next in Next(found[i]).Where(next => !found.Contains(next)).ToArray())
            {
                if (found.Count == MaxDirectories)
                {
                    return null;
                }

                found.Add(next);
            }
        }

        return found;
    }

    /// <returns>The only number of a SHORT or LONG entry, which may be the offset of something else. At most 2^31 - 1.</returns>
    public int Number(ExifEntry entry) => entry.Type == Short ? U16(entry.At + 8) : Offset(entry.At + 8);

    /// <returns>The value's bytes; empty if they are not within the block.</returns>
    public ReadOnlySpan<byte> Value(ExifEntry entry) => _bytes.AsSpan(entry.ValueAt, entry.ValueBytes);

    /// <returns>The i-th fraction of an entry; null: there is none, or it has no value.</returns>
    public double? Fraction(ExifEntry entry, int i)
    {
        if (entry.Type != Rational || (i + 1) * 8 > entry.ValueBytes)
        {
            return null;
        }

        uint divisor = U32(entry.ValueAt + (i * 8) + 4);
        return divisor == 0 ? null : (double)U32(entry.ValueAt + (i * 8)) / divisor;
    }

    /// <returns>A part of the block, to be edited, as far as it exists.</returns>
    public Span<byte> Part(int at, int length) =>
        at < _bytes.Length ? _bytes.AsSpan(at, Math.Min(length, _bytes.Length - at)) : [];

    /// <summary>Removes an entry from its directory and overwrites its value. Everything else keeps its place.</summary>
    public void Remove(int directory, ExifEntry entry)
    {
        int count = CountAt(directory);
        int end = Math.Min(directory + 2 + (count * EntryBytes) + 4, _bytes.Length); // including the offset of the next directory
        Part(entry.ValueAt, entry.ValueBytes).Clear();
        if (entry.At + EntryBytes > end)
        {
            return; // an earlier edit has overwritten this directory
        }

        _bytes.AsSpan((entry.At + EntryBytes)..end).CopyTo(_bytes.AsSpan(entry.At));
        Part(end - EntryBytes, EntryBytes).Clear();
        Span<byte> number = _bytes.AsSpan(directory, 2);
        if (_isLittleEndian)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(number, (ushort)(count - 1));
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(count - 1));
        }
    }

    /// <summary>Overwrites a directory and the values of its entries.</summary>
    public void EraseDirectory(int directory)
    {
        ExifEntry[] entries = [.. Entries(directory)];
        foreach (ExifEntry entry in entries)
        {
            Part(entry.ValueAt, entry.ValueBytes).Clear();
        }

        Part(directory, 2 + (entries.Length * EntryBytes)).Clear();
    }

    private IEnumerable<int> Next(int directory)
    {
        foreach (ExifEntry entry in Entries(directory))
        {
            if (entry.Tag is ExifDirectory or InteropDirectory || (entry.Tag == SubDirectories && entry.Count == 1))
            {
                yield return Number(entry);
            }
            else if (entry.Tag == SubDirectories)
            {
                for (int i = 0; i < entry.ValueBytes / 4 && i < MaxDirectories; i++)
                {
                    yield return Offset(entry.ValueAt + (i * 4));
                }
            }
        }

        int end = directory + 2 + (CountAt(directory) * EntryBytes);
        if (Fits(end, 4) && Offset(end) is > 0 and int next)
        {
            yield return next;
        }
    }

    private ExifEntry Read(int at)
    {
        (ushort type, uint count) = (U16(at + 2), U32(at + 4));
        long length = (long)count * type switch
        {
            1 or Ascii or 6 or 7 => 1,
            Short or 8 => 2,
            4 or 9 or 11 or 13 => 4,
            Rational or 10 or 12 => 8,
            _ => 0,
        };
        int valueAt = length <= 4 ? at + 8 : Offset(at + 8);
        return Fits(valueAt, length)
            ? new ExifEntry(at, U16(at), type, count, valueAt, (int)length)
            : new ExifEntry(at, U16(at), type, count, 0, 0);
    }

    private int CountAt(int directory) => Fits(directory, 2) ? U16(directory) : 0;

    private bool Fits(int at, long length) => at >= 0 && at <= _bytes.Length - length;

    private int Offset(int at) => (int)Math.Min(U32(at), int.MaxValue);

    private ushort U16(int at) =>
        _isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at));

    private uint U32(int at) =>
        _isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(at));
}

/// <param name="At">Offset in the block.</param>
/// <param name="ValueBytes">0 if the value is not within the block, or of an unknown type.</param>
internal sealed record ExifEntry(int At, ushort Tag, ushort Type, uint Count, int ValueAt, int ValueBytes);
