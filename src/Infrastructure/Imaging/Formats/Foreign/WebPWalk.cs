using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>What the chunks of a WebP say, read before a decoder sees the file. Only their heads are read.</summary>
/// <param name="IsLossless">Whether it is stored pixel by pixel, in full colour.</param>
internal sealed record WebPWalk(bool IsLossless)
{
    private const int FileHeadBytes = 12;
    private const int ChunkHeadBytes = 8;
    private const int MaxChunks = 1000; // a photo has at most six
    private const byte Animation = 0x02; // among the flags of VP8X

    /// <param name="file">Seekable, at its start; unbuffered, since reading jumps from head to head.</param>
    /// <exception cref="InvalidImageException">It is cut off, or an animation.</exception>
    public static WebPWalk Through(Stream file)
    {
        Span<byte> head = stackalloc byte[FileHeadBytes];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || file.Length < ChunkHeadBytes + (long)Length(head))
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }

        for (int i = 0; i < MaxChunks && file.ReadAtLeast(head[..(ChunkHeadBytes + 1)], ChunkHeadBytes + 1, throwOnEndOfStream: false) > ChunkHeadBytes; i++)
        {
            ReadOnlySpan<byte> kind = head[..4];
            if (kind.SequenceEqual("ANMF"u8) || (kind.SequenceEqual("VP8X"u8) && (head[ChunkHeadBytes] & Animation) != 0))
            {
                throw new InvalidImageException(InvalidImageException.UnsupportedAnimation, "Animated WebP is not accepted; send an animation as GIF.");
            }

            if (kind.SequenceEqual("VP8 "u8) || kind.SequenceEqual("VP8L"u8))
            {
                return new WebPWalk(IsLossless: kind[3] == (byte)'L');
            }

            file.Position += Length(head) + (Length(head) & 1) - 1L;
        }

        throw new InvalidImageException(InvalidImageException.BrokenImage, "The file has no picture in it.");
    }

    private static uint Length(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
}
