using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Processes;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Writes the file of a thumbnail: nothing of the original except its pixels.</summary>
internal static class ThumbnailEncoder
{
    // Huffman tables made for the picture save 3 % of the bytes. For a large thumbnail they take a fifth of the total CPU time of an
    // upload (13 of 65 ms for 1500x1125), for one of 400x300 only 1 ms.
    private const long MaxPixelsOfOwnTables = 512 * 512;

    private const string FramesField = "n-pages";
    private const string PaletteField = "gif-palette";

    // A table this full was made for a photo. For a smaller version of the same picture it is as good as a new one (PSNR of 31 to 40
    // dB against 31 to 38, and of 44 to 50 against 40 to 44 as the eye blends the dots), in half the time. A drawing has
    // fewer colours, and needs others for its edges.
    private const int ColoursOfPhoto = 250;

    /// <param name="image">Pixels in memory.</param>
    /// <param name="hasFullChroma">Whether the original has it, if the spec leaves it open.</param>
    public static void Write(Image image, ThumbnailTarget target, bool hasFullChroma)
    {
        ThumbnailSpec spec = target.Spec;
        string path = target.Path;
        if (target.Format == ImageFormat.Jpeg)
        {
            using Image flat = image.HasAlpha() ? Pixels.OnWhite(image) : Pixels.InMemory(image);
            flat.Jpegsave(
                path,
                q: spec.Quality,
                optimizeCoding: spec.IsInterlaced || (long)flat.Width * flat.Height <= MaxPixelsOfOwnTables,
                interlace: spec.IsInterlaced,
                subsampleMode: JpegChroma.Subsample(spec.HasFullChroma ?? hasFullChroma),
                keep: Enums.ForeignKeep.None);
        }
        else if (target.Format == ImageFormat.Png)
        {
            // 0.260 s and 1.52 MB for a photo of 6 megapixels; ImageMagick produces 1.53 MB, libvips by default 2.60. One level more costs
            // a quarter more of the total CPU time for 3 % fewer bytes.
            image.Pngsave(path, compression: 3, interlace: spec.IsInterlaced, filter: Enums.ForeignPngFilter.All, keep: Enums.ForeignKeep.None);
        }
        else if (target.Format == ImageFormat.Gif)
        {
            image.Gifsave(path, effort: GifJoiner.Effort, reuse: HasPaletteOfPhoto(image), keep: Enums.ForeignKeep.None);
        }
        else if (target.Format == ImageFormat.WebP)
        {
            image.Webpsave(path, q: spec.WebP.Quality, effort: spec.WebP.Effort, keep: Enums.ForeignKeep.None);
        }
        else if (target.Format == ImageFormat.Avif)
        {
            LowPriority.Run(() => image.Heifsave(
                path, q: spec.Avif.Quality, effort: spec.Avif.Effort, compression: Enums.ForeignHeifCompression.Av1, keep: Enums.ForeignKeep.None));
        }
        else
        {
            throw new ArgumentException($"No encoder for {target.Format}.", nameof(target));
        }
    }

    /// <summary>What making and writing thumbnails takes at most; the largest has the given size.</summary>
    /// <returns>Bytes of memory.</returns>
    public static long BytesToEncode(PixelSize largest, int frames, IReadOnlyList<ThumbnailTarget> targets)
    {
        long perPixel = targets.Max(target => target.Format == ImageFormat.Avif ? 40L : target.Format == ImageFormat.WebP ? 12 : 8);
        return (largest.Pixels * perPixel) + ((frames - 1) * largest.Pixels * 8);
    }

    // One table for all frames of an animation is worse than one for each (30 dB against 42).
    private static bool HasPaletteOfPhoto(Image image) =>
        (!image.Contains(FramesField) || image.Get(FramesField) is 1)
        && image.Contains(PaletteField)
        && ((int[])image.Get(PaletteField)).Distinct().Count() >= ColoursOfPhoto;
}
