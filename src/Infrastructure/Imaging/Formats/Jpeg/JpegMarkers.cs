using System.Buffers.Binary;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>The parts of a JPEG: markers, some with a segment, and pixel data after the start of a scan.</summary>
internal static class JpegMarkers
{
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte App0 = 0xE0;
    public const byte App1 = 0xE1;
    public const byte App15 = 0xEF;
    public const byte Comment = 0xFE;

    /// <summary>A marker and the length of its segment.</summary>
    public const int HeadBytes = 4;

    private const byte Temporary = 0x01;
    private const byte FirstRestart = 0xD0;
    private const byte LastRestart = 0xD7;

    public static ReadOnlySpan<byte> ExifSignature => "Exif\0\0"u8;

    /// <summary>Skips data, or anything that no decoder looks at, up to the next marker.</summary>
    /// <param name="isScan">Whether pixel data comes here: then restart markers belong to it.</param>
    /// <param name="copyTo">Gets what is skipped.</param>
    /// <returns>The marker, at which the window is then positioned; null: there is none before the end of the file.</returns>
    public static byte? Next(ByteWindow window, bool isScan, Stream? copyTo = null)
    {
        while (window.Ahead(2) is { Length: > 0 } ahead)
        {
            int at = ahead.IndexOf((byte)0xFF);
            int pass = at < 0 ? ahead.Length : at;
            if (at >= 0 && at + 1 < ahead.Length)
            {
                byte next = ahead[at + 1];
                if (next is not (0 or 0xFF) && !(isScan && next is >= FirstRestart and <= LastRestart))
                {
                    copyTo?.Write(ahead[..at]);
                    window.Skip(at);
                    return next;
                }

                pass = at + (next == 0xFF ? 1 : 2);
            }
            else if (at == 0)
            {
                pass = 1; // the file's last byte
            }

            copyTo?.Write(ahead[..pass]);
            window.Skip(pass);
        }

        return null;
    }

    public static bool HasSegment(byte marker) =>
        marker is not (Temporary or StartOfImage or EndOfImage or (>= FirstRestart and <= LastRestart));

    /// <returns>The segment with its marker, at the window's position; empty: it is broken, or the file ends inside it.</returns>
    public static ReadOnlySpan<byte> Segment(ByteWindow window)
    {
        ReadOnlySpan<byte> head = window.Ahead(HeadBytes);
        if (head.Length < HeadBytes)
        {
            return [];
        }

        int length = 2 + BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        ReadOnlySpan<byte> segment = window.Ahead(length);
        return length < HeadBytes || segment.Length < length ? [] : segment[..length];
    }
}
