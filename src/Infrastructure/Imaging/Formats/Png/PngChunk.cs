using System.Buffers.Binary;
using System.Text;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>The head of one chunk of a PNG.</summary>
/// <param name="Length">Length of its content.</param>
internal readonly record struct PngChunk(string Kind, long Length)
{
    public const int SignatureBytes = 8;
    public const int HeadBytes = 8;
    public const int CrcBytes = 4;

    private const uint Polynomial = 0xEDB88320;

    public long WholeLength => HeadBytes + Length + CrcBytes;

    /// <returns>The chunk at the window's position; null: the file ends.</returns>
    public static PngChunk? At(ByteWindow window) => window.Ahead(HeadBytes) is { Length: >= HeadBytes } head ? Of(head) : null;

    /// <param name="head"><see cref="HeadBytes"/> or more.</param>
    public static PngChunk Of(ReadOnlySpan<byte> head) =>
        new(Encoding.ASCII.GetString(head[4..HeadBytes]), BinaryPrimitives.ReadUInt32BigEndian(head));

    public static void Write(Stream destination, string kind, ReadOnlySpan<byte> content)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(kind), .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - CrcBytes), Crc(chunk.AsSpan(4, 4 + content.Length)));
        destination.Write(chunk);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }
        }

        return ~crc;
    }
}
