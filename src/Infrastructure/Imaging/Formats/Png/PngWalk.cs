using System.Buffers;
using System.IO.Compression;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>What a PNG's chunks say, read once, before a decoder sees the file. For most chunks only the head is read.</summary>
/// <param name="IsCutOff">Whether the file ends inside a chunk, or before the last one.</param>
/// <param name="IsAnimated">Whether it is an animation (APNG), of which decoders here see only one picture.</param>
/// <param name="Profile">The result of <see cref="PngColours.Profile"/>.</param>
/// <param name="Exif">The EXIF block; null: there is none.</param>
internal sealed record PngWalk(bool IsCutOff, bool IsAnimated, byte[]? Profile, byte[]? Exif)
{
    /// <summary>
    /// Maximum bytes of all metadata once inflated: some grow a thousandfold. Colour profiles of printers and scanners have up to 3 MB;
    /// texts are short.
    /// </summary>
    public const int MaxMetadata = 4_000_000;

    // Chunks about colours precede the pixels. Real files have at most a dozen chunks there.
    private const int MaxColourChunks = 1000;

    private const int BufferBytes = 16 * 1024;
    private const int MaxKeyword = 79 + 1; // including its final zero

    /// <param name="file">Seekable; unbuffered, since reading jumps from head to head.</param>
    /// <exception cref="InvalidImageException">Its metadata exceed the limit.</exception>
    public static PngWalk Through(Stream file)
    {
        file.Position = PngChunk.SignatureBytes;
        Span<byte> head = stackalloc byte[PngChunk.HeadBytes];
        PngColours colours = new();
        long inflated = 0;
        bool isAnimated = false;
        bool isBeforePixels = true;
        byte[]? exif = null;
        for (int i = 0; file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length; i++)
        {
            PngChunk chunk = PngChunk.Of(head);
            long end = file.Position + chunk.Length + PngChunk.CrcBytes;
            if (exif is null && chunk is { Kind: "eXIf", Length: <= ExifBlock.MaxBytes })
            {
                exif = new byte[chunk.Length];
                exif = exif[..file.ReadAtLeast(exif, exif.Length, throwOnEndOfStream: false)];
            }

            if (end > file.Length)
            {
                break;
            }

            isBeforePixels &= chunk.Kind != "IDAT";
            switch (chunk.Kind)
            {
                case "IEND":
                    return new PngWalk(IsCutOff: false, isAnimated, colours.Profile(), exif); // decoders do not read what follows

                case "eXIf":
                    break; // noted above, as far as it goes

                case "acTL":
                    isAnimated = true;
                    break;

                case "zTXt" or "iTXt" or "iCCP":
                    colours.HasProfile |= isBeforePixels && i < MaxColourChunks && chunk.Kind == "iCCP";
                    inflated += Inflated(file, (int)chunk.Length, isInternational: chunk.Kind == "iTXt", MaxMetadata - inflated);
                    break;

                default:
                    if (isBeforePixels && i < MaxColourChunks && chunk.Length <= PngColours.MaxBytes)
                    {
                        byte[] content = new byte[chunk.Length];
                        file.ReadExactly(content);
                        colours.Note(chunk.Kind, content);
                    }

                    break;
            }

            file.Position = end;
        }

        return new PngWalk(IsCutOff: true, isAnimated, colours.Profile(), exif);
    }

    // Counts up to one byte more than what is left, which is enough to refuse.
    private static long Inflated(Stream file, int length, bool isInternational, long left)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long start = file.Position;
            int text = CompressedAt(file, buffer.AsSpan(0, Math.Min(length, isInternational ? BufferBytes : MaxKeyword + 1)), isInternational);
            if (text < 0)
            {
                return 0; // plain, or broken, which decoders ignore
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
            return 0; // broken, which decoders ignore
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // zTXt and iCCP: keyword, zero, method. iTXt: keyword, zero, whether it is compressed, method, language, zero, keyword, zero.
    private static int CompressedAt(Stream file, Span<byte> head, bool isInternational)
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
}
