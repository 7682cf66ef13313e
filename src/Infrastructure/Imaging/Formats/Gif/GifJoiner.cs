using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>Writes a long animation run by run: libvips encodes each run, and the encoded frames are copied unchanged.</summary>
/// <remarks>
/// How a frame is stored depends only on its neighbours: it may omit what the previous frame already shows, and says how it is
/// cleared for the next one. So a run is encoded with both neighbours, which are not copied.
/// </remarks>
/// <param name="path">The file to write; a second file beside it is written and removed.</param>
internal sealed class GifJoiner(string path) : IDisposable
{
    /// <summary>libvips' effort for every GIF that is written.</summary>
    public const int Effort = 3;

    private const int BufferBytes = 64 * 1024;
    private const byte IsInterlaced = 0x40;

    // The first run's table, for all frames that need no other.
    private byte[] _table = [];

    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);

    /// <param name="pixels">Pixels of some consecutive frames.</param>
    /// <param name="skip">How many of them, at the start, are not written.</param>
    /// <param name="take">How many are written.</param>
    /// <param name="keep">What the first run's file contains besides pixels.</param>
    /// <exception cref="VipsException">They can't be encoded, or the disk does not work.</exception>
    /// <exception cref="IOException">The disk does not work.</exception>
    public void Append(Image pixels, int skip, int take, Enums.ForeignKeep keep)
    {
        string part = path + ".run";
        try
        {
            pixels.Gifsave(part, effort: Effort, keepDuplicateFrames: true, keep: keep);
            using FileStream source = new(part, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
            Append(source, skip, take);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Finishes the file, once all runs are appended.</summary>
    public void Complete()
    {
        _file.WriteByte(GifBlocks.Trailer);
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private void Append(FileStream source, int skip, int take)
    {
        byte[] header = Take(source, GifBlocks.HeaderBytes);
        byte flags = header[GifBlocks.HeaderFlagsAt];
        byte[] table = TakeTable(source, flags);
        bool isFirst = _file.Position == 0;
        if (isFirst)
        {
            _table = table;
            _file.Write(header);
            _file.Write(table);
        }

        bool isShared = table.AsSpan().SequenceEqual(_table);

        int frame = 0;
        while (true)
        {
            Stream destination = frame >= skip && frame < skip + take ? _file : Stream.Null;
            switch (source.ReadByte())
            {
                case GifBlocks.Extension:
                    byte kind = Take(source, 1)[0];
                    destination = kind == GifBlocks.FrameControl ? destination : isFirst ? _file : Stream.Null;
                    destination.Write([GifBlocks.Extension, kind]);
                    CopySubBlocks(source, destination);
                    break;

                case GifBlocks.Frame:
                    byte[] head = Take(source, GifBlocks.FrameHeadBytes - 1);
                    byte[] own = TakeTable(source, head[GifBlocks.FrameFlagsAt - 1]);
                    if (own.Length == 0 && !isShared)
                    {
                        own = table;
                        head[GifBlocks.FrameFlagsAt - 1] = (byte)((head[GifBlocks.FrameFlagsAt - 1] & IsInterlaced) | GifBlocks.HasTable | (flags & GifBlocks.TableSize));
                    }

                    destination.WriteByte(GifBlocks.Frame);
                    destination.Write(head);
                    destination.Write(own);
                    destination.Write(Take(source, 1)); // code width
                    CopySubBlocks(source, destination);
                    frame++;
                    break;

                default:
                    return;
            }
        }
    }

    private static byte[] TakeTable(FileStream source, byte flags) => Take(source, GifBlocks.TableBytes(flags));

    private static byte[] Take(FileStream source, int count)
    {
        byte[] bytes = new byte[count];
        source.ReadExactly(bytes);
        return bytes;
    }

    private static void CopySubBlocks(FileStream source, Stream destination)
    {
        byte length;
        do
        {
            length = Take(source, 1)[0];
            destination.WriteByte(length);
            destination.Write(Take(source, length));
        }
        while (length > 0);
    }
}
