using System.Buffers.Binary;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>The size that a GIF gives for its screen, and the size that it is shown in.</summary>
internal static class GifScreen
{
    private const int At = 6; // offset in the header
    private const int Bytes = 4;
    private const int MaxSide = 2048;

    // Programs wrote the size of their monitor here. These are the sizes that libnsgif, and so libvips, does not believe.
    private static readonly PixelSize[] OfMonitors = [new(640, 480), new(640, 512), new(800, 600), new(1024, 768), new(1280, 1024), new(1600, 1200)];

    /// <param name="file">Seekable.</param>
    public static PixelSize Read(Stream file)
    {
        Span<byte> screen = stackalloc byte[Bytes];
        file.Position = At;
        file.ReadExactly(screen);
        return new PixelSize(BinaryPrimitives.ReadUInt16LittleEndian(screen), BinaryPrimitives.ReadUInt16LittleEndian(screen[2..]));
    }

    /// <param name="file">Seekable.</param>
    public static void Write(Stream file, PixelSize size)
    {
        Span<byte> screen = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt16LittleEndian(screen, (ushort)size.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(screen[2..], (ushort)size.Height);
        file.Position = At;
        file.Write(screen);
    }

    /// <returns>The size in which the frames are shown.</returns>
    /// <param name="extent">Of the first frame: others may reach outside, where nothing of them is shown.</param>
    public static PixelSize Shown(PixelSize screen, PixelSize extent)
    {
        bool isBelieved = screen is { Width: > 0 and <= MaxSide, Height: > 0 and <= MaxSide } && !OfMonitors.Contains(screen);
        return isBelieved ? new PixelSize(Math.Max(screen.Width, extent.Width), Math.Max(screen.Height, extent.Height)) : extent;
    }
}
