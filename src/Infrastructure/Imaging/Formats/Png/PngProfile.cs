using System.IO.Compression;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>The colour profile inside a PNG.</summary>
internal static class PngProfile
{
    private const int MaxHead = 79 + 1 + 1; // keyword, zero and method
    private const int MaxChunks = 1000; // before the pixels; real files have at most a dozen

    private const int HeaderBytes = 33; // signature and first chunk: colours come after it, and before the pixels

    /// <param name="file">Seekable; one that <see cref="PngWalk"/> has found whole.</param>
    /// <returns>Null: it has none that can be read.</returns>
    public static byte[]? TryRead(Stream file)
    {
        file.Position = PngChunk.SignatureBytes;
        Span<byte> head = stackalloc byte[PngChunk.HeadBytes];
        for (int i = 0; i < MaxChunks && file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length; i++)
        {
            PngChunk chunk = PngChunk.Of(head);
            if (chunk.Kind is "iCCP")
            {
                return TryInflate(file, chunk.Length);
            }

            if (chunk.Kind is "IDAT")
            {
                return null;
            }

            file.Position += chunk.Length + PngChunk.CrcBytes;
        }

        return null;
    }

    /// <summary>Adds a profile to a file that has none.</summary>
    /// <param name="source">At the start of an intact PNG.</param>
    public static void Insert(Stream source, Stream destination, byte[] profile)
    {
        byte[] header = new byte[HeaderBytes];
        source.ReadExactly(header);
        destination.Write(header);
        using MemoryStream content = new();
        content.Write("ICC profile\0\0"u8); // name and kind of compression
        using (ZLibStream deflated = new(content, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflated.Write(profile);
        }

        PngChunk.Write(destination, "iCCP", content.GetBuffer().AsSpan(0, (int)content.Length));
        source.CopyTo(destination);
    }

    private static byte[]? TryInflate(Stream file, long length)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(length, MaxHead)];
        file.ReadExactly(head);
        int zero = head.IndexOf((byte)0);
        if (zero < 0)
        {
            return null;
        }

        file.Position += zero + 2 - head.Length;
        try
        {
            using ZLibStream inflater = new(file, CompressionMode.Decompress, leaveOpen: true);
            byte[] profile = new byte[PngWalk.MaxMetadata];
            return profile[..inflater.ReadAtLeast(profile, profile.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
