using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Gif;

/// <summary>Copies a GIF's frames with their order and timing; everything else in it is removed, or kept by a rule.</summary>
internal static class GifStripper
{
    /// <summary>Keeps the pixels and nothing else, for a thumbnail that is the original in its own size.</summary>
    /// <param name="source">Seekable, at its start. An intact picture; a missing trailer is added.</param>
    public static void CopyPixels(Stream source, Stream destination)
    {
        if (!GifBlocks.Copy(source, destination, (_, _) => false).HasTrailer)
        {
            destination.WriteByte(GifBlocks.Trailer);
        }
    }

    /// <inheritdoc cref="CopyPixels(Stream, Stream)"/>
    /// <remarks>The screen is made as large as the frames: some programs give no screen size, or that of a monitor.</remarks>
    public static void CopyPixels(string path, string destination, PixelSize size)
    {
        using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream copy = new(destination, FileMode.Create, FileAccess.Write, FileShare.None);
        CopyPixels(source, copy);
        GifScreen.Write(copy, size);
    }

    /// <summary>Copies up to the trailer: what follows is not part of the picture. A broken file is cut off at the fault.</summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="what">The colour profile always stays.</param>
    public static void Strip(Stream source, Stream destination, Stripping what) => GifBlocks.Copy(
        source,
        destination,
        (kind, content) => content.StartsWith("ICCRGBG1012"u8)
            || (kind == GifBlocks.Comment && what == Stripping.Gps && content.Length > 0 && !PlaceWords.AreIn(content)));
}
