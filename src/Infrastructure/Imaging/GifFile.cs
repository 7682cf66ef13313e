using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Follows a GIF's blocks to its end: libvips takes an animation that is cut off for a shorter one, as long as one frame is whole.</summary>
internal static class GifFile
{
    private const int HeaderBytes = 13;
    private const int FrameHeaderBytes = 9;
    private const int BufferBytes = 64 * 1024;

    private const int Extension = 0x21;
    private const int Frame = 0x2C;

    /// <exception cref="InvalidImageException">The file ends within a block. (At the end of one it may: not every program writes the trailer.)</exception>
    public static void RequireWhole(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        SkipHeader(file, HeaderBytes, flagsAt: 10);
        while (true)
        {
            switch (file.ReadByte())
            {
                case Extension:
                    Read(file); // its kind
                    SkipSubBlocks(file);
                    break;

                case Frame:
                    SkipHeader(file, FrameHeaderBytes, flagsAt: 8);
                    Read(file); // width of the codes
                    SkipSubBlocks(file);
                    break;

                default:
                    return; // the trailer, the end, or what the decoder has to judge
            }
        }
    }

    // A header, and the table of colours whose presence and length its flags tell.
    private static void SkipHeader(FileStream file, int bytes, int flagsAt)
    {
        file.Seek(flagsAt, SeekOrigin.Current);
        int flags = Read(file);
        int colours = (flags & 0x80) == 0 ? 0 : 2 << (flags & 7);
        file.Seek(bytes - flagsAt - 1 + (3 * colours), SeekOrigin.Current);
    }

    private static void SkipSubBlocks(FileStream file)
    {
        while (Read(file) is > 0 and int length)
        {
            file.Seek(length, SeekOrigin.Current);
        }
    }

    private static int Read(FileStream file) => file.ReadByte() is >= 0 and int value
        ? value
        : throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
}
