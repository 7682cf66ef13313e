using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>Follows a PNG's chunks to its end: whole, and without metadata that grow a thousandfold when they are inflated.</summary>
internal static class PngFile
{
    /// <summary>Bytes of all metadata, inflated. Colour profiles of printers and scanners have up to 3 MB; texts are short.</summary>
    public const int MaxMetadata = 4_000_000;

    private const int SignatureBytes = 8;
    private const int HeadBytes = 8;
    private const int CrcBytes = 4;
    private const int BufferBytes = 16 * 1024;
    private const int MaxKeyword = 79 + 1; // with its final zero

    /// <returns>Whether it is an animation (APNG), of which decoders here see one picture.</returns>
    /// <exception cref="InvalidImageException">The file ends within a chunk, or before the last one; or its metadata are past the limit.</exception>
    public static bool RequireSound(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0); // of each chunk only its head is read
        file.Position = SignatureBytes;
        Span<byte> head = stackalloc byte[HeadBytes];
        long inflated = 0;
        bool isAnimated = false;
        while (true)
        {
            if (file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes)
            {
                throw CutOff();
            }

            long end = file.Position + BinaryPrimitives.ReadUInt32BigEndian(head) + CrcBytes;
            if (end > file.Length)
            {
                throw CutOff();
            }

            ReadOnlySpan<byte> kind = head[4..];
            if (kind.SequenceEqual("IEND"u8))
            {
                return isAnimated; // what stands behind it is not read by decoders
            }

            isAnimated |= kind.SequenceEqual("acTL"u8);
            if (kind.SequenceEqual("zTXt"u8) || kind.SequenceEqual("iTXt"u8) || kind.SequenceEqual("iCCP"u8))
            {
                inflated += Inflated(file, (int)(end - CrcBytes - file.Position), isInternational: kind[0] == (byte)'i' && kind[1] == (byte)'T', MaxMetadata - inflated);
            }

            file.Position = end;
        }
    }

    // Up to one byte past what is left, which is enough to refuse.
    private static long Inflated(FileStream file, int length, bool isInternational, long left)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long start = file.Position;
            int text = CompressedAt(file, buffer.AsSpan(0, Math.Min(length, isInternational ? BufferBytes : MaxKeyword + 1)), isInternational);
            if (text < 0)
            {
                return 0; // plain, or broken, which decoders pass over
            }

            file.Position = start + text;
            using ZLibStream inflater = new(file, CompressionMode.Decompress, leaveOpen: true);
            long total = 0;
            int read;
            while (total <= left && (read = inflater.Read(buffer)) > 0)
            {
                total += read;
            }

            return total <= left
                ? total
                : throw new InvalidImageException(
                    InvalidImageException.TooComplex, $"The picture's metadata have more than {MaxMetadata} bytes when they are inflated, which is the limit.", MaxMetadata);
        }
        catch (InvalidDataException)
        {
            return 0; // broken, which decoders pass over
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // zTXt and iCCP: keyword, zero, method. iTXt: keyword, zero, whether it is compressed, method, language, zero, keyword, zero.
    private static int CompressedAt(FileStream file, Span<byte> head, bool isInternational)
    {
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        int zero = head.IndexOf((byte)0);
        if (zero < 0 || !isInternational)
        {
            return zero < 0 ? -1 : zero + 2;
        }

        if (zero + 3 > head.Length || head[zero + 1] != 1)
        {
            return -1;
        }

        int language = head[(zero + 3)..].IndexOf((byte)0);
        int keyword = language < 0 ? -1 : head[(zero + 3 + language + 1)..].IndexOf((byte)0);
        return keyword < 0 ? -1 : zero + 3 + language + 1 + keyword + 1;
    }

    private static InvalidImageException CutOff() => new(InvalidImageException.BrokenImage, "The picture is cut off.");
}
