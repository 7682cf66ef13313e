namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>Reads a file forward through a window that the longest segment of a JPEG fits in.</summary>
/// <param name="source">Seekable, at its start. Stays open.</param>
internal sealed class ByteWindow(Stream source)
{
    /// <summary>More than a JPEG's longest segment (65,537 bytes), less than what the garbage collector takes for large.</summary>
    public const int Size = 80_000;

    private readonly byte[] _buffer = new byte[Size];
    private int _start;
    private int _end;

    /// <summary>What comes next, as much as is at hand.</summary>
    /// <param name="atLeast">Up to <see cref="Size"/>.</param>
    /// <returns>Shorter than asked for only at the file's end. Good until the next call of any method.</returns>
    public ReadOnlySpan<byte> Ahead(int atLeast)
    {
        if (_end - _start < atLeast)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
            _end += source.ReadAtLeast(_buffer.AsSpan(_end), atLeast - _end, throwOnEndOfStream: false);
        }

        return _buffer.AsSpan(_start, _end - _start);
    }

    public void Skip(long count)
    {
        long buffered = Math.Min(count, _end - _start);
        _start += (int)buffered;
        if (count > buffered)
        {
            source.Position = Math.Min(source.Position + count - buffered, source.Length);
        }
    }

    /// <summary>Copies that many bytes, or what there is.</summary>
    /// <returns>Whether there were so many.</returns>
    public bool CopyTo(Stream destination, long count)
    {
        while (count > 0 && Ahead(1) is { Length: > 0 } ahead)
        {
            int part = (int)Math.Min(count, ahead.Length);
            destination.Write(ahead[..part]);
            Skip(part);
            count -= part;
        }

        return count == 0;
    }

    /// <returns>That many bytes, or what there is.</returns>
    public byte[] Take(int count)
    {
        using MemoryStream taken = new();
        CopyTo(taken, count);
        return taken.GetBuffer()[..(int)taken.Length];
    }
}
