using System.Buffers;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>Counts a JPEG's scans: a progressive one is gone through once for each, so a small file with hundreds of them costs minutes.</summary>
internal sealed class JpegScans
{
    /// <summary>Encoders make about ten.</summary>
    public const int Max = 100;

    private const int BufferBytes = 128 * 1024;
    private const int End = -1;

    private const byte Mark = 0xFF;
    private const byte Temporary = 0x01;
    private const byte FirstRestart = 0xD0;
    private const byte LastRestart = 0xD7;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte FirstFrame = 0xC0;
    private const byte LastFrame = 0xCF;

    private const int Coefficients = 64;
    private const int HeadBytes = 16; // of a scan's or frame's head, as far as it is looked at

    private readonly FileStream _file;
    private readonly byte[] _buffer;
    private readonly Dictionary<int, bool[]> _finished = [];
    private int _at;
    private int _length;
    private int _components;
    private bool _isEnded;

    private JpegScans(FileStream file, byte[] buffer) => (_file, _buffer) = (file, buffer);

    /// <returns>Whether nothing is missing but the marker of the end: what a decoder takes for cut off is whole then, unless its last scan is.</returns>
    /// <exception cref="InvalidImageException">There are more than <see cref="Max"/>.</exception>
    public static bool RequireFew(string path)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            JpegScans scans = new(file, buffer);
            if (scans.Count() > Max)
            {
                throw new InvalidImageException(
                    InvalidImageException.TooComplex, $"The picture is built up in more than {Max} passes, which is the limit.", Max);
            }

            return !scans._isEnded && scans.HasAllScans;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool HasAllScans => _components > 0 && _finished.Count == _components && _finished.Values.All(one => one.All(isFinished => isFinished));

    // Up to the end of the picture; what stands behind it (a second picture, a film) is not decoded.
    private int Count()
    {
        int scans = 0;
        int marker = End;
        while (scans <= Max && (marker = NextMarker()) is not (End or EndOfImage))
        {
            if (marker is StartOfImage or Temporary)
            {
                continue; // those without a length but the restarts
            }

            scans += marker == StartOfScan ? 1 : 0;
            int length = ((Next() << 8) | Next()) - 2;
            if (marker == StartOfScan || (marker is >= FirstFrame and <= LastFrame and not (0xC4 or 0xC8 or 0xCC)))
            {
                length -= Note(marker, length);
            }

            Skip(length);
        }

        _isEnded = marker == EndOfImage;
        return scans;
    }

    // A frame's head tells how many components there are, a scan's which of them, and which of their coefficients down to which bit.
    private int Note(int marker, int length)
    {
        int[] head = [.. Enumerable.Range(0, Math.Clamp(length, 0, HeadBytes)).Select(_ => Next())];
        if (marker != StartOfScan)
        {
            _components = head.Length > 5 ? head[5] : 0;
            return head.Length;
        }

        int count = head.Length == 0 ? 0 : head[0];
        int at = 1 + (2 * count);
        if (count is < 1 or > 4 || head.Length < at + 3 || (head[at + 2] & 0xF) != 0)
        {
            return head.Length;
        }

        for (int i = 0; i < count; i++)
        {
            bool[] finished = _finished.TryGetValue(head[1 + (2 * i)], out bool[]? known) ? known : _finished[head[1 + (2 * i)]] = new bool[Coefficients];
            finished.AsSpan(Math.Min(head[at], Coefficients - 1)..(Math.Min(head[at + 1], Coefficients - 1) + 1)).Fill(true);
        }

        return head.Length;
    }

    // Within a scan, a mark that is data is followed by 0.
    private int NextMarker()
    {
        while (true)
        {
            int found = _buffer.AsSpan(_at, _length - _at).IndexOf(Mark);
            if (found < 0)
            {
                _at = _length;
                if (!Fill())
                {
                    return End;
                }

                continue;
            }

            _at += found + 1;
            int marker = Next();
            while (marker == Mark)
            {
                marker = Next();
            }

            if (marker is not 0 and not (>= FirstRestart and <= LastRestart))
            {
                return marker;
            }
        }
    }

    private int Next() => _at < _length || Fill() ? _buffer[_at++] : End;

    private void Skip(int bytes)
    {
        int beyond = bytes - (_length - _at);
        if (bytes <= 0 || beyond <= 0)
        {
            _at += Math.Max(0, bytes);
            return;
        }

        _file.Seek(beyond, SeekOrigin.Current);
        _at = _length;
    }

    private bool Fill()
    {
        (_at, _length) = (0, _file.Read(_buffer, 0, BufferBytes));
        return _length > 0;
    }
}
