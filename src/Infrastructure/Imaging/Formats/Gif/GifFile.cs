using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>Follows a GIF's blocks to its end: libvips takes an animation that is cut off for a shorter one, as long as one frame is whole.</summary>
internal static class GifFile
{
    private const int HeaderBytes = 13;
    private const int FlagsAt = 10;
    private const int FrameHeaderBytes = 9;
    private const int BufferBytes = 64 * 1024;

    private const int Extension = 0x21;
    private const int Frame = 0x2C;

    /// <returns>Whether each frame has pixels and a table of colours, as strict decoders want it; libvips shows it in any case.</returns>
    /// <exception cref="InvalidImageException">The file ends within a block. (At the end of one it may: not every program writes the trailer.)</exception>
    public static bool RequireWhole(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        bool isOrderly = true;
        Span<byte> head = stackalloc byte[FrameHeaderBytes];
        file.Seek(FlagsAt, SeekOrigin.Current);
        int coloursOfAll = Colours(Read(file));
        file.Seek(HeaderBytes - FlagsAt - 1 + (3 * coloursOfAll), SeekOrigin.Current);
        while (true)
        {
            switch (file.ReadByte())
            {
                case Extension:
                    Read(file); // its kind
                    SkipSubBlocks(file);
                    break;

                case Frame:
                    if (file.ReadAtLeast(head, FrameHeaderBytes, throwOnEndOfStream: false) < FrameHeaderBytes)
                    {
                        throw CutOff();
                    }

                    int colours = Colours(head[^1]);
                    isOrderly &= BinaryPrimitives.ReadUInt16LittleEndian(head[4..]) > 0 && BinaryPrimitives.ReadUInt16LittleEndian(head[6..]) > 0
                        && Math.Max(colours, coloursOfAll) > 0;
                    file.Seek(3 * colours, SeekOrigin.Current);
                    Read(file); // width of the codes
                    SkipSubBlocks(file);
                    break;

                default:
                    return isOrderly; // the trailer, the end, or what the decoder has to judge
            }
        }
    }

    private static int Colours(int flags) => (flags & 0x80) == 0 ? 0 : 2 << (flags & 7);

    private static void SkipSubBlocks(FileStream file)
    {
        while (Read(file) is > 0 and int length)
        {
            file.Seek(length, SeekOrigin.Current);
        }
    }

    private static int Read(FileStream file) => file.ReadByte() is >= 0 and int value
        ? value
        : throw CutOff();

    private static InvalidImageException CutOff() => new(InvalidImageException.BrokenImage, "The picture is cut off.");
}
