using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>What a JPEG's markers tell, gone through once, before a decoder sees it.</summary>
internal sealed class JpegWalk
{
    /// <summary>Encoders make about ten. A progressive picture is gone through once for each scan, so a small file with hundreds of them costs minutes.</summary>
    public const int MaxScans = 100;

    private const byte FirstFrame = 0xC0;
    private const byte LastFrame = 0xCF;
    private const byte QuantisationTables = 0xDB;

    private const int Coefficients = 64;
    private const int LookedAt = 16; // bytes of a scan's or frame's head

    private readonly Dictionary<int, bool[]> _finished = [];
    private int _components;
    private int _scans;
    private bool _isEnded;
    private bool _isBroken;
    private int[]? _luminance;

    private JpegWalk()
    {
    }

    /// <summary>Whether nothing is missing but the marker of the end: what a decoder takes for cut off is whole then, unless its last scan is.</summary>
    public bool LacksEnd => !_isEnded && _components > 0 && _finished.Count == _components && _finished.Values.All(one => one.All(isFinished => isFinished));

    /// <summary>The block of EXIF, without its signature; null: there is none before the first scan.</summary>
    public byte[]? Exif { get; private set; }

    /// <summary>That it was encoded at, as far as can be told: 1 to 100.</summary>
    public int Quality => JpegQuality.Of(_luminance);

    /// <param name="file">Seekable, at its start.</param>
    /// <exception cref="InvalidImageException">There are more than <see cref="MaxScans"/>.</exception>
    public static JpegWalk Through(Stream file)
    {
        JpegWalk walk = new();
        walk.Go(new ByteWindow(file));
        return walk._scans <= MaxScans
            ? walk
            : throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The picture is built up in more than {MaxScans} passes, which is the limit.", MaxScans);
    }

    // Up to the end of the picture; what stands behind it (a second picture, a film) is not decoded.
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

    /// <returns>How long the segment is, with its marker.</returns>
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

    // A frame's head tells how many components there are, a scan's which of them, and which of their coefficients down to which bit.
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
