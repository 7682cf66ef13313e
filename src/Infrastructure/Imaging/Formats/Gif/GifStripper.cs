using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>Copies a GIF's frames with how they follow each other; what else is in it goes, or stays by a rule.</summary>
internal static class GifStripper
{
    /// <summary>Keeps the pixels and nothing else, for a thumbnail that is the original in its own size.</summary>
    /// <param name="source">Seekable, at its start. A whole picture; that its trailer is missing is mended.</param>
    public static void CopyPixels(Stream source, Stream destination)
    {
        if (!GifBlocks.Copy(source, destination, (_, _) => false).HasTrailer)
        {
            destination.WriteByte(GifBlocks.Trailer);
        }
    }

    /// <summary>Copies up to the trailer: what follows is no part of the picture. A file that is broken is cut off there.</summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="what">The colour profile stays, whatever it is.</param>
    public static void Strip(Stream source, Stream destination, Stripping what) => GifBlocks.Copy(
        source,
        destination,
        (kind, content) => content.StartsWith("ICCRGBG1012"u8)
            || (kind == GifBlocks.Comment && what == Stripping.Gps && content.Length > 0 && !PlaceWords.AreIn(content)));
}
