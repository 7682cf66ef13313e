using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>
/// What the boxes of an AVIF or HEIC (ISO/IEC 23008-12) say about its main picture, read before a decoder sees the file. A box that is
/// missing or makes no sense is left to the decoder.
/// </summary>
/// <param name="IsSequence">Whether it is a film rather than a photo.</param>
/// <param name="Size">As declared, before rotation; 0x0: it is not declared.</param>
/// <param name="IsTransformed">Whether the container itself rotates or mirrors it.</param>
/// <param name="HasFullChroma">Whether colour is stored as finely as brightness.</param>
/// <param name="HasAlpha">Whether it has transparency.</param>
/// <param name="Bits">Per channel; 0: it is not declared.</param>
/// <param name="Parts">How many pictures, tiles of them and metadata there are.</param>
/// <param name="Coding">The codes that count; null: it has an ICC profile, or no description of its colours.</param>
/// <param name="Codes">The container's codes, whether they count or not.</param>
/// <param name="StreamCodes">Those of the encoded picture itself.</param>
/// <param name="Others">Where in the file the flags of parts besides the main picture are that are not hidden yet.</param>
internal sealed record HeifWalk(
    bool IsSequence,
    PixelSize Size,
    bool IsTransformed,
    bool HasFullChroma,
    bool HasAlpha,
    int Bits,
    int Parts,
    HeifColours? Coding,
    HeifColours? Codes,
    HeifColours? StreamCodes,
    IReadOnlyList<long> Others)
{
    private const int HeadBytes = 8;
    private const int LongHeadBytes = 16;
    private const int MaxBoxes = 1000; // at the top level; a photo has at most ten

    // Their descriptions take a tenth of that.
    private const int MaxMetaBytes = 1_000_000;

    // A picture of 200 megapixels has 800, in the tiles that phones write.
    private const int MaxParts = 1000;

    /// <param name="file">Seekable, at its start; unbuffered, since reading jumps from head to head.</param>
    /// <exception cref="InvalidImageException">It has more parts than any photo, or is cut off before it says what it is.</exception>
    public static HeifWalk Through(Stream file)
    {
        Span<byte> head = stackalloc byte[LongHeadBytes];
        bool isOfSequence = false;
        bool hasFilm = false;
        HeifItems? items = null;
        long itemsAt = 0;
        for (int i = 0; i < MaxBoxes && file.ReadAtLeast(head[..HeadBytes], HeadBytes, throwOnEndOfStream: false) == HeadBytes; i++)
        {
            long start = file.Position - HeadBytes;
            long length = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (length == 1 && file.ReadAtLeast(head[HeadBytes..], HeadBytes, throwOnEndOfStream: false) == HeadBytes)
            {
                length = (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(head[HeadBytes..]), long.MaxValue / 2);
            }

            long end = length == 0 ? file.Length : start + length;
            ReadOnlySpan<byte> kind = head[4..HeadBytes];
            if (end < file.Position || (end > file.Length && !kind.SequenceEqual("mdat"u8)))
            {
                throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
            }

            if (kind.SequenceEqual("ftyp"u8))
            {
                isOfSequence = ReadMainBrand(file) is "avis" or "msf1" or "hevc" or "hevx" or "hevm" or "hevs";
            }
            else if (kind.SequenceEqual("meta"u8) && items is null)
            {
                itemsAt = file.Position;
                items = ReadItems(file, end - itemsAt);
            }

            hasFilm |= kind.SequenceEqual("moov"u8);
            file.Position = Math.Min(end, file.Length);
        }

        return Of(items ?? HeifItems.None, itemsAt, isOfSequence && hasFilm);
    }

    private static HeifWalk Of(HeifItems items, long itemsAt, bool isSequence)
    {
        HeifProperties main = items.PropertiesOf(items.Main);
        // A picture made of tiles describes its colours itself or leaves that to its tiles, which are all alike.
        HeifProperties tile = items.FirstTileOf(items.Main) is { } first ? items.PropertiesOf(first) : main;
        return new HeifWalk(
            isSequence,
            main.Size ?? default,
            main.IsTransformed,
            (main.HasFullChroma ?? tile.HasFullChroma) == true,
            items.HasAlpha,
            main.Bits ?? tile.Bits ?? 0,
            items.Count,
            main.HasProfile ? HdrOf(main.Colours) : main.Colours ?? (tile.HasProfile ? HdrOf(tile.Colours) : tile.Colours),
            main.Colours ?? tile.Colours,
            main.StreamColours ?? tile.StreamColours,
            [.. items.Others.Select(at => itemsAt + at)]);
    }

    // A profile says more than the codes, except about HDR, which it can't describe.
    private static HeifColours? HdrOf(HeifColours? colours) => colours?.Known is { IsHdr: true } ? colours : null;

    private static string ReadMainBrand(Stream file)
    {
        Span<byte> brand = stackalloc byte[4];
        return file.ReadAtLeast(brand, brand.Length, throwOnEndOfStream: false) == brand.Length ? System.Text.Encoding.Latin1.GetString(brand) : "";
    }

    private static HeifItems ReadItems(Stream file, long length)
    {
        if (length > MaxMetaBytes)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The description of the picture has {length} bytes; the limit is {MaxMetaBytes}.", MaxMetaBytes, length);
        }

        byte[] content = new byte[length];
        file.ReadExactly(content);
        HeifItems items = HeifItems.Read(content);
        return items.Count <= MaxParts
            ? items
            : throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The picture is made of {items.Count} parts; the limit is {MaxParts}.", MaxParts, items.Count);
    }
}
