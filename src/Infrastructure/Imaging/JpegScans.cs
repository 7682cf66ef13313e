using System.Buffers;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Counts a JPEG's scans: a progressive one is gone through once for each, so a small file with hundreds of them costs minutes.</summary>
internal sealed class JpegScans
{
    /// <summary>Encoders make about ten.</summary>
    public const int Max = 100;

    private const int BufferBytes = 128 * 1024;
    private const int End = -1;

    private const byte Mark = 0xFF;
    private const byte FirstRestart = 0xD0;
    private const byte LastRestart = 0xD7;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    private readonly FileStream _file;
    private readonly byte[] _buffer;
    private int _at;
    private int _length;

    private JpegScans(FileStream file, byte[] buffer) => (_file, _buffer) = (file, buffer);

    /// <exception cref="InvalidImageException">There are more than <see cref="Max"/>.</exception>
    public static void RequireFew(string path)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (new JpegScans(file, buffer).Count() > Max)
            {
                throw new InvalidImageException(
                    InvalidImageException.TooComplex, $"The picture is built up in more than {Max} passes, which is the limit.", Max);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Up to the end of the picture; what stands behind it (a second picture, a film) is not decoded.
    private int Count()
    {
        int scans = 0;
        int marker;
        while (scans <= Max && (marker = NextMarker()) is not (End or EndOfImage))
        {
            if (marker == StartOfImage)
            {
                continue; // the only one without a length but the restarts
            }

            scans += marker == StartOfScan ? 1 : 0;
            int length = (Next() << 8) | Next();
            Skip(length - 2);
        }

        return scans;
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
