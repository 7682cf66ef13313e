using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>What a JPEG's markers say, read once, before a decoder sees the file.</summary>
internal sealed class JpegWalk
{
    /// <summary>
    /// Encoders make about ten. Each scan of a progressive picture is one pass over all of it, so a small file with hundreds of scans costs
    /// minutes.
    /// </summary>
    public const int MaxScans = 100;

    private const byte FirstFrame = 0xC0;
    private const byte LastFrame = 0xCF;
    private const byte ProgressiveFrame = 0xC2;
    private const byte QuantisationTables = 0xDB;

    private const int Coefficients = 64;
    private const int LookedAt = 16; // bytes of the head of a scan or frame

    private readonly Dictionary<int, bool[]> _finished = [];
    private int _components;
    private int _scans;
    private bool _isEnded;
    private bool _isBroken;
    private bool _isProgressive;
    private int[]? _luminance;

    private JpegWalk()
    {
    }

    /// <summary>Whether the file has its end marker.</summary>
    public bool HasEnd => _isEnded;

    /// <summary>1 for grey, 3 for colours, 4 for inks; 0: there is no frame.</summary>
    public int Components => _components;

    /// <summary>Whether it is built up in passes.</summary>
    public bool IsInterlaced => _isProgressive || _scans > 1;

    /// <summary>
    /// Whether nothing is missing except the end marker: a picture that a decoder treats as cut off is then complete, unless its last scan
    /// is not.
    /// </summary>
    public bool LacksEnd => !_isEnded && _components > 0 && _finished.Count == _components && _finished.Values.All(one => one.All(isFinished => isFinished));

    /// <summary>The EXIF block, without its signature; null: there is none before the first scan.</summary>
    public byte[]? Exif { get; private set; }

    /// <summary>The quality that it was encoded at, as far as can be determined: 1 to 100.</summary>
    public int Quality => JpegQuality.Of(_luminance);

    /// <param name="file">Seekable, at its start.</param>
    /// <exception cref="InvalidImageException">It has more than <see cref="MaxScans"/>.</exception>
    public static JpegWalk Through(Stream file)
    {
        JpegWalk walk = new();
        walk.Go(new ByteWindow(file));
        return walk._scans <= MaxScans
            ? walk
            : throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The picture is built up in more than {MaxScans} passes, which is the limit.", MaxScans);
    }

    // Up to the end of the picture; what follows it (a second picture, a video) is not decoded.
    private void Go(ByteWindow window)
    {
        bool isScan = false;
        while (_scans <= MaxScans && JpegMarkers.Next(window, isScan) is { } marker)
        {
            if (marker == JpegMarkers.EndOfImage)
            {
                _isEnded = true;
                return;
            }

            if (!JpegMarkers.HasSegment(marker))
            {
                window.Skip(2);
                continue;
            }

            window.Skip(Take(window, marker));
            isScan = marker == JpegMarkers.StartOfScan;
        }
    }

    /// <returns>Length of the segment, including its marker.</returns>
    private int Take(ByteWindow window, byte marker)
    {
        bool isScan = marker == JpegMarkers.StartOfScan;
        _scans += isScan ? 1 : 0;
        ReadOnlySpan<byte> head = window.Ahead(JpegMarkers.HeadBytes);
        if (head.Length < JpegMarkers.HeadBytes)
        {
            return head.Length;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(head[2..]) + 2;
        if (length < JpegMarkers.HeadBytes)
        {
            _isBroken = true;
            return JpegMarkers.HeadBytes;
        }

        if (isScan || marker is >= FirstFrame and <= LastFrame and not (0xC4 or 0xC8 or 0xCC))
        {
            int looked = Math.Min(length, JpegMarkers.HeadBytes + LookedAt);
            ReadOnlySpan<byte> ahead = window.Ahead(looked);
            _isProgressive |= marker == ProgressiveFrame;
            Note(isScan, ahead[JpegMarkers.HeadBytes..Math.Min(looked, ahead.Length)]);
        }
        else if (_scans == 0 && !_isBroken && marker is JpegMarkers.App1 or QuantisationTables && JpegMarkers.Segment(window) is { IsEmpty: false } segment)
        {
            Keep(marker, segment[JpegMarkers.HeadBytes..]);
        }

        return length;
    }

    private void Keep(byte marker, ReadOnlySpan<byte> content)
    {
        if (marker == QuantisationTables)
        {
            _luminance ??= JpegQuality.LuminanceIn(content);
        }
        else if (Exif is null && content.StartsWith(JpegMarkers.ExifSignature))
        {
            Exif = content[JpegMarkers.ExifSignature.Length..].ToArray();
        }
    }

    // The head of a frame gives the number of components; that of a scan which of them it has, and which coefficients down to which bit.
    private void Note(bool isScan, ReadOnlySpan<byte> head)
    {
        if (!isScan)
        {
            _components = head.Length > 5 ? head[5] : 0;
            return;
        }

        int count = head.IsEmpty ? 0 : head[0];
        int at = 1 + (2 * count);
        if (count is < 1 or > 4 || head.Length < at + 3 || (head[at + 2] & 0xF) != 0)
        {
            return;
        }

        for (int i = 0; i < count; i++)
        {
            int component = head[1 + (2 * i)];
            bool[] finished = _finished.TryGetValue(component, out bool[]? known) ? known : _finished[component] = new bool[Coefficients];
            int last = Math.Min((int)head[at + 1], Coefficients - 1);
            for (int coefficient = head[at]; coefficient <= last; coefficient++)
            {
                finished[coefficient] = true;
            }
        }
    }
}
