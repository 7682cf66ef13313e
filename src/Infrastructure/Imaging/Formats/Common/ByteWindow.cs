namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>Reads a file forward through a window that holds the longest segment of a JPEG.</summary>
/// <param name="source">Seekable, at its start. Stays open.</param>
internal sealed class ByteWindow(Stream source)
{
    /// <summary>More than a JPEG's longest segment (65,537 bytes), less than what the garbage collector treats as a large object.</summary>
    public const int Size = 80_000;

    private readonly byte[] _buffer = new byte[Size];
    private int _start;
    private int _end;

    /// <summary>The next bytes, as many as are available.</summary>
    /// <param name="atLeast">Up to <see cref="Size"/>.</param>
    /// <returns>Shorter than requested only at the end of the file. Valid until the next call of any method.</returns>
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

    /// <summary>Copies that many bytes, or as many as are left.</summary>
    /// <returns>Whether there were that many.</returns>
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

    /// <returns>That many bytes, or as many as are left.</returns>
    public byte[] Take(int count)
    {
        using MemoryStream taken = new();
        CopyTo(taken, count);
        return taken.GetBuffer()[..(int)taken.Length];
    }
}
