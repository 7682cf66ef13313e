using ImageBackend.Application.Images.Metadata;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>Copies a GIF's frames, byte by byte, with how they follow each other; other blocks go.</summary>
internal static class GifStripper
{
    private const int HeaderBytes = 13;
    private const int FrameHeadBytes = 10;

    private const byte Extension = 0x21;
    private const byte Frame = 0x2C;
    private const byte Trailer = 0x3B;
    private const byte FrameControl = 0xF9;
    private const byte Application = 0xFF;
    private const byte Comment = 0xFE;

    private const int ApplicationHeadBytes = 14; // extension, kind, length, name and code of the application
    private const int NameAt = 3;
    private const int LoopBytes = 3;

    /// <param name="content">Of an application's block its name and what follows; of a comment all of it; of a longer comment and of other kinds nothing.</param>
    private delegate bool KeepsExtension(byte kind, ReadOnlySpan<byte> content);

    /// <summary>Keeps the pixels and nothing else, for a thumbnail that is the original in its own size.</summary>
    /// <param name="source">Seekable, at its start. A whole picture; that its trailer is missing is mended.</param>
    public static void CopyPixels(Stream source, Stream destination)
    {
        if (!Copy(source, destination, (_, _) => false))
        {
            destination.WriteByte(Trailer);
        }
    }

    /// <summary>Copies up to the trailer: what follows is no part of the picture. A file that is broken is cut off there.</summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="what">The colour profile stays, whatever it is.</param>
    public static void Strip(Stream source, Stream destination, Stripping what) => Copy(
        source,
        destination,
        (kind, content) => content.StartsWith("ICCRGBG1012"u8)
            || (kind == Comment && what == Stripping.Gps && content.Length > 0 && !PlaceWords.AreIn(content)));

    /// <returns>Whether the trailer was reached.</returns>
    private static bool Copy(Stream source, Stream destination, KeepsExtension keeps)
    {
        ByteWindow window = new(source);
        CopyHead(window, destination, HeaderBytes, flagsAt: 10);
        while (window.Ahead(ApplicationHeadBytes) is { Length: > 0 } ahead)
        {
            switch (ahead[0])
            {
                case Extension when ahead.Length > 1:
                    CopyExtension(window, destination, ahead, keeps);
                    break;

                case Frame:
                    CopyHead(window, destination, FrameHeadBytes, flagsAt: 9);
                    window.CopyTo(destination, 1); // width of the codes
                    CopySubBlocks(window, destination);
                    break;

                case Trailer:
                    destination.WriteByte(Trailer);
                    return true;

                default:
                    return false;
            }
        }

        return false;
    }

    // A header, and the table of colours whose presence and length its flags tell.
    private static void CopyHead(ByteWindow window, Stream destination, int bytes, int flagsAt)
    {
        ReadOnlySpan<byte> head = window.Ahead(bytes);
        int colours = head.Length < bytes || (head[flagsAt] & 0x80) == 0 ? 0 : 2 << (head[flagsAt] & 7);
        window.CopyTo(destination, bytes + (3 * colours));
    }

    private static void CopyExtension(ByteWindow window, Stream destination, ReadOnlySpan<byte> ahead, KeepsExtension keeps)
    {
        byte kind = ahead[1];
        ReadOnlySpan<byte> name = ahead.Length < ApplicationHeadBytes || kind != Application ? [] : ahead[NameAt..];
        bool isLoop = name.StartsWith("NETSCAPE2.0"u8) || name.StartsWith("ANIMEXTS1.0"u8);
        if (isLoop)
        {
            CopyLoop(window, destination);
            return;
        }

        if (kind == FrameControl || keeps(kind, kind == Comment ? CommentAt(window) : name))
        {
            window.CopyTo(destination, 2);
            CopySubBlocks(window, destination);
        }
        else
        {
            window.Skip(2);
            CopySubBlocks(window, Stream.Null);
        }
    }

    private static byte[] CommentAt(ByteWindow window)
    {
        ReadOnlySpan<byte> ahead = window.Ahead(ByteWindow.Size);
        List<byte> comment = [];
        int at = 2;
        while (at < ahead.Length && ahead[at] > 0 && at + ahead[at] < ahead.Length)
        {
            comment.AddRange(ahead.Slice(at + 1, ahead[at]));
            at += ahead[at] + 1;
        }

        return at < ahead.Length && ahead[at] == 0 ? [.. comment] : [];
    }

    // How often the animation runs is the first thing in the block; others could follow.
    private static void CopyLoop(ByteWindow window, Stream destination)
    {
        ReadOnlySpan<byte> ahead = window.Ahead(ApplicationHeadBytes + 1 + LoopBytes);
        if (ahead.Length >= ApplicationHeadBytes + 1 + LoopBytes && ahead[ApplicationHeadBytes] == LoopBytes)
        {
            destination.Write(ahead[..(ApplicationHeadBytes + 1 + LoopBytes)]);
            destination.WriteByte(0);
        }

        window.Skip(2);
        CopySubBlocks(window, Stream.Null);
    }

    private static void CopySubBlocks(ByteWindow window, Stream destination)
    {
        while (window.Ahead(1) is [var length, ..])
        {
            window.CopyTo(destination, length + 1);
            if (length == 0)
            {
                return;
            }
        }
    }
}
