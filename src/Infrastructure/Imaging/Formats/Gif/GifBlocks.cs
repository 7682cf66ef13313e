using System.Buffers.Binary;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>The parts of a GIF: a header, extensions and frames; all of these except their heads are chains of short blocks.</summary>
internal static class GifBlocks
{
    public const byte Extension = 0x21;
    public const byte Frame = 0x2C;
    public const byte Trailer = 0x3B;
    public const byte FrameControl = 0xF9;
    public const byte Comment = 0xFE;

    public const int HeaderBytes = 13;
    public const int HeaderFlagsAt = 10;

    /// <summary>Includes the byte that marks a frame.</summary>
    public const int FrameHeadBytes = 10;

    public const int FrameFlagsAt = 9;

    /// <summary>A bit in the flags of a header or a frame.</summary>
    public const byte HasTable = 0x80;

    public const byte TableSize = 0x07;

    private const byte Application = 0xFF;

    private const int ApplicationHeadBytes = 14; // extension, kind, length, name and code of the application
    private const int NameAt = 3;
    private const int LoopBytes = 3;

    /// <param name="content">
    /// The name of an application block and what follows; the whole of a comment; nothing of longer comments and other kinds.
    /// </param>
    public delegate bool KeepsExtension(byte kind, ReadOnlySpan<byte> content);

    /// <returns>Bytes of the colour table that follows.</returns>
    public static int TableBytes(byte flags) => (flags & HasTable) == 0 ? 0 : 3 * (2 << (flags & TableSize));

    /// <summary>
    /// Walks through a file and copies its frames unchanged, with their order and timing, and those other blocks that are kept.
    /// </summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="destination">Gets everything up to the trailer, or up to where the file is broken or cut off.</param>
    /// <param name="keeps">Null: everything.</param>
    public static GifWalk Copy(Stream source, Stream destination, KeepsExtension? keeps)
    {
        ByteWindow window = new(source);
        ReadOnlySpan<byte> header = window.Ahead(HeaderBytes);
        if (header.Length <= HeaderFlagsAt)
        {
            window.CopyTo(destination, HeaderBytes);
            return new GifWalk(HasTrailer: false, IsCutOff: true, IsOrderly: false, Frames: 0, new PixelSize(0, 0));
        }

        int tableOfAll = TableBytes(header[HeaderFlagsAt]);
        window.CopyTo(destination, HeaderBytes + tableOfAll);
        bool isOrderly = true;
        int frames = 0;
        int right = 0;
        int bottom = 0;
        while (window.Ahead(ApplicationHeadBytes) is { Length: > 0 } ahead)
        {
            bool isWhole;
            switch (ahead[0])
            {
                case Extension:
                    isWhole = ahead.Length > 1 && CopyExtension(window, destination, ahead, keeps);
                    break;

                case Frame:
                    isOrderly &= ahead.Length >= FrameHeadBytes && IsOrderly(ahead, tableOfAll);
                    (right, bottom) = frames > 0 || ahead.Length < FrameHeadBytes ? (right, bottom) : (End(ahead, 1), End(ahead, 3));
                    isWhole = CopyFrame(window, destination);
                    frames += isWhole ? 1 : 0;
                    break;

                case Trailer:
                    destination.WriteByte(Trailer);
                    return new GifWalk(HasTrailer: true, IsCutOff: false, isOrderly, frames, new PixelSize(right, bottom));

                default:
                    return new GifWalk(HasTrailer: false, IsCutOff: false, isOrderly, frames, new PixelSize(right, bottom)); // the decoder has to judge
            }

            if (!isWhole)
            {
                return new GifWalk(HasTrailer: false, IsCutOff: true, isOrderly, frames, new PixelSize(right, bottom));
            }
        }

        return new GifWalk(HasTrailer: false, IsCutOff: false, isOrderly, frames, new PixelSize(right, bottom));
    }

    private static bool IsOrderly(ReadOnlySpan<byte> frame, int tableOfAll) =>
        BinaryPrimitives.ReadUInt16LittleEndian(frame[5..]) > 0
        && BinaryPrimitives.ReadUInt16LittleEndian(frame[7..]) > 0
        && Math.Max(TableBytes(frame[FrameFlagsAt]), tableOfAll) > 0;

    // Of a frame's place and size in one direction: both are numbers of two bytes, with another direction's between.
    private static int End(ReadOnlySpan<byte> frame, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(frame[at..]) + BinaryPrimitives.ReadUInt16LittleEndian(frame[(at + 4)..]);

    private static bool CopyFrame(ByteWindow window, Stream destination)
    {
        ReadOnlySpan<byte> head = window.Ahead(FrameHeadBytes);
        int table = head.Length < FrameHeadBytes ? 0 : TableBytes(head[FrameFlagsAt]);
        return window.CopyTo(destination, FrameHeadBytes + table)
            && window.CopyTo(destination, 1) // code width
            && CopySubBlocks(window, destination);
    }

    private static bool CopyExtension(ByteWindow window, Stream destination, ReadOnlySpan<byte> ahead, KeepsExtension? keeps)
    {
        byte kind = ahead[1];
        ReadOnlySpan<byte> name = ahead.Length < ApplicationHeadBytes || kind != Application ? [] : ahead[NameAt..];
        if (name.StartsWith("NETSCAPE2.0"u8) || name.StartsWith("ANIMEXTS1.0"u8))
        {
            return CopyLoop(window, destination);
        }

        Stream copy = kind == FrameControl || keeps is null || keeps(kind, kind == Comment ? CommentAt(window) : name) ? destination : Stream.Null;
        return window.CopyTo(copy, 2) && CopySubBlocks(window, copy);
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

    // How often the animation repeats comes first in the block; other things could follow.
    private static bool CopyLoop(ByteWindow window, Stream destination)
    {
        ReadOnlySpan<byte> ahead = window.Ahead(ApplicationHeadBytes + 1 + LoopBytes);
        if (ahead.Length >= ApplicationHeadBytes + 1 + LoopBytes && ahead[ApplicationHeadBytes] == LoopBytes)
        {
            destination.Write(ahead[..(ApplicationHeadBytes + 1 + LoopBytes)]);
            destination.WriteByte(0);
        }

        window.Skip(2);
        return CopySubBlocks(window, Stream.Null);
    }

    private static bool CopySubBlocks(ByteWindow window, Stream destination)
    {
        while (window.Ahead(1) is [var length, ..])
        {
            window.CopyTo(destination, length + 1);
            if (length == 0)
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="HasTrailer">Whether the file has its final block. Not every program writes it.</param>
/// <param name="IsCutOff">Whether the file ends inside a block.</param>
/// <param name="IsOrderly">
/// Whether each frame has pixels and a colour table, as strict decoders require; libvips shows it in any case.
/// </param>
/// <param name="Frames">Complete ones.</param>
/// <param name="Extent">The size of the smallest screen that contains the first frame.</param>
internal sealed record GifWalk(bool HasTrailer, bool IsCutOff, bool IsOrderly, int Frames, PixelSize Extent);
