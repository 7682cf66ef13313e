using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;
using SixLabors.ImageSharp.Processing.Processors.Quantization;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>Writes a thumbnail's file: nothing of the original but its pixels.</summary>
internal static class SharpEncoder
{
    private const int MaxColours = 256;

    // Exact for so few colours; with more, its tree would grow without limit.
    private static readonly GifEncoder FewColours = new() { ColorTableMode = GifColorTableMode.Local, Quantizer = new OctreeQuantizer(new QuantizerOptions { MaxColors = MaxColours, Dither = null }) };

    // The eye weighs one table of colours for each frame; dots hide the steps between them.
    private static readonly GifEncoder ManyColours = new() { ColorTableMode = GifColorTableMode.Local, Quantizer = new WuQuantizer(new QuantizerOptions { MaxColors = MaxColours, Dither = KnownDitherings.FloydSteinberg, DitherScale = 0.5f }) };

    /// <param name="image">Bare of metadata.</param>
    /// <param name="hasFullChroma">Whether the original has it, if the spec leaves it open.</param>
    /// <param name="isGrey">Whether the original has no colours.</param>
    public static void Write<TPixel>(Image<TPixel> image, ThumbnailTarget target, bool hasFullChroma, bool isGrey)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ThumbnailSpec spec = target.Spec;
        if (target.Format == ImageFormat.Gif)
        {
            Save(image, target.Path, GifOf(image));
            return;
        }

        using Image<TPixel>? first = image.Frames.Count > 1 ? image.Frames.CloneFrame(0) : null;
        Image<TPixel> still = first ?? image;
        if (target.Format == ImageFormat.Jpeg)
        {
            using Image<TPixel> flat = still.Clone(SharpConfiguration.Settings, context => context.BackgroundColor(Color.White));
            Save(flat, target.Path, new JpegEncoder
            {
                Quality = spec.Quality,
                ColorType = isGrey && spec.Background.IsGrey ? JpegColorType.Luminance : spec.HasFullChroma ?? hasFullChroma ? JpegColorType.YCbCrRatio444 : JpegColorType.YCbCrRatio420,
            });
        }
        else if (target.Format == ImageFormat.Png)
        {
            Save(still, target.Path, new PngEncoder
            {
                ColorType = typeof(TPixel) == typeof(Rgb24) ? PngColorType.Rgb : PngColorType.RgbWithAlpha,
                BitDepth = PngBitDepth.Bit8,
                CompressionLevel = PngCompressionLevel.Level6,
                FilterMethod = PngFilterMethod.Adaptive,
                InterlaceMethod = spec.IsInterlaced ? PngInterlaceMode.Adam7 : PngInterlaceMode.None,
                IgnoreMetadata = true,
            });
        }
        else if (target.Format == ImageFormat.WebP)
        {
            Save(still, target.Path, new WebpEncoder { FileFormat = WebpFileFormatType.Lossy, Quality = spec.WebP.Quality, Method = (WebpEncodingMethod)spec.WebP.Effort });
        }
        else
        {
            throw new InvalidImageException(InvalidImageException.UnsupportedFormat, $"{target.Format} can't be made with IMAGING_ENGINE=imagesharp.");
        }
    }

    public static GifEncoder GifOf<TPixel>(Image<TPixel> image)
        where TPixel : unmanaged, IPixel<TPixel> => image.Frames.All<ImageFrame<TPixel>>(HasFewColours) ? FewColours : ManyColours;

    public static void Save(Image image, string path, IImageEncoder encoder)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        image.Save(file, encoder);
    }

    private static bool HasFewColours<TPixel>(ImageFrame<TPixel> frame)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        HashSet<TPixel> colours = [];
        for (int y = 0; y < frame.Height; y++)
        {
            foreach (TPixel pixel in frame.DangerousGetPixelRowMemory(y).Span)
            {
                if (colours.Add(pixel) && colours.Count >= MaxColours) // one more place is for what is transparent
                {
                    return false;
                }
            }
        }

        return true;
    }
}
