using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

namespace ImageBackend.Infrastructure.Imaging.Formats.Png;

/// <summary>Copies a PNG without its private metadata. Apart from pixels, only chunks known to be harmless stay.</summary>
internal static class PngStripper
{
    private const string Last = "IEND";
    private const string Exif = "eXIf";

    private const string XmpKeyword = "XML:com.adobe.xmp";
    private const string RawKeyword = "Raw profile type"; // an EXIF, IPTC or XMP block in hexadecimal digits

    private const int MaxKeyword = 79;

    // Colours, transparency, resolution, and the frames of an animation.
    private static readonly HashSet<string> Picture =
        ["tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP", "mDCV", "cLLI", "bKGD", "pHYs", "acTL", "fcTL", "fdAT"];

    /// <summary>Copies up to the last chunk: what follows is not part of the picture.</summary>
    /// <param name="source">Seekable, at its start.</param>
    public static void Strip(Stream source, Stream destination, Stripping what)
    {
        ByteWindow window = new(source);
        window.CopyTo(destination, PngChunk.SignatureBytes);
        while (PngChunk.At(window) is { } chunk)
        {
            if (chunk.Kind == Last)
            {
                PngChunk.Write(destination, Last, []);
                return;
            }

            if (chunk.Kind == Exif)
            {
                CopyExif(window, destination, chunk, what);
            }
            else if (IsCritical(chunk.Kind) || Picture.Contains(chunk.Kind) || (what == Stripping.Gps && IsHarmless(window, chunk)))
            {
                window.CopyTo(destination, chunk.WholeLength);
            }
            else
            {
                window.Skip(chunk.WholeLength);
            }
        }
    }

    // Told by the case of the first letter: a decoder that does not know such a chunk must refuse the picture.
    private static bool IsCritical(string kind) => char.IsAsciiLetterUpper(kind[0]);

    private static void CopyExif(ByteWindow window, Stream destination, PngChunk chunk, Stripping what)
    {
        if (chunk.Length > ExifBlock.MaxBytes)
        {
            window.Skip(chunk.WholeLength);
            return;
        }

        byte[] whole = window.Take((int)chunk.WholeLength);
        if (whole.Length == chunk.WholeLength && ExifStripper.Strip(whole[PngChunk.HeadBytes..^PngChunk.CrcBytes], what, JpegStripper.StripThumbnail) is { Length: > 0 } exif)
        {
            PngChunk.Write(destination, Exif, exif);
        }
    }

    private static bool IsHarmless(ByteWindow window, PngChunk chunk) => chunk.Kind switch
    {
        "tIME" or "hIST" or "sPLT" => true,
        "tEXt" or "iTXt" => IsHarmlessText(window, chunk),
        _ => false,
    };

    // A text stays if it can be read to its end and reveals no place: plain, and of a usual length.
    private static bool IsHarmlessText(ByteWindow window, PngChunk chunk)
    {
        if (chunk.WholeLength > ByteWindow.Size)
        {
            return false;
        }

        ReadOnlySpan<byte> ahead = window.Ahead((int)chunk.WholeLength);
        ahead = ahead[PngChunk.HeadBytes..(int)Math.Min(ahead.Length, PngChunk.HeadBytes + chunk.Length)];
        int end = ahead[..Math.Min(ahead.Length, MaxKeyword + 1)].IndexOf((byte)0);
        bool isPlain = end >= 0 && (chunk.Kind == "tEXt" || (chunk.Kind == "iTXt" && end + 1 < ahead.Length && ahead[end + 1] == 0));
        if (!isPlain)
        {
            return false;
        }

        string keyword = Encoding.Latin1.GetString(ahead[..end]);
        return !keyword.StartsWith(RawKeyword, StringComparison.OrdinalIgnoreCase)
            && !(keyword.Equals(XmpKeyword, StringComparison.OrdinalIgnoreCase) ? XmpPacket.MayTellPlace(ahead[(end + 1)..]) : PlaceWords.AreIn(ahead));
    }
}
