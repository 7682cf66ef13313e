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

    // Some 250 bytes of the managed heap for each.
    private const int MaxColoursOfTree = 16_384;

    // It keeps so few colours exactly.
    private static readonly GifEncoder FewColours = EncoderBy(new OctreeQuantizer(new QuantizerOptions { MaxColors = MaxColours, Dither = null }));

    // A third of the time of the next, such as for screen recordings and drawings. Dots hide the steps between colours.
    private static readonly GifEncoder SomeColours = EncoderBy(new OctreeQuantizer(new QuantizerOptions { MaxColors = MaxColours, Dither = KnownDitherings.FloydSteinberg, DitherScale = 0.5f }));

    private static readonly GifEncoder ManyColours = EncoderBy(new WuQuantizer(new QuantizerOptions { MaxColors = MaxColours, Dither = KnownDitherings.FloydSteinberg, DitherScale = 0.5f }));

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
        where TPixel : unmanaged, IPixel<TPixel>
    {
        int colours = image.Frames.Max<ImageFrame<TPixel>>(CountColours);
        return colours < MaxColours ? FewColours : colours < MaxColoursOfTree ? SomeColours : ManyColours; // one place is for what is transparent
    }

    public static void Save(Image image, string path, IImageEncoder encoder)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        image.Save(file, encoder);
    }

    // The eye weighs one table of colours for each frame.
    private static GifEncoder EncoderBy(IQuantizer quantizer) => new() { ColorTableMode = GifColorTableMode.Local, Quantizer = quantizer };

    /// <returns>How many there are, up to <see cref="MaxColoursOfTree"/>.</returns>
    private static int CountColours<TPixel>(ImageFrame<TPixel> frame)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        HashSet<TPixel> colours = [];
        for (int y = 0; y < frame.Height; y++)
        {
            foreach (TPixel pixel in frame.DangerousGetPixelRowMemory(y).Span)
            {
                if (colours.Add(pixel) && colours.Count >= MaxColoursOfTree)
                {
                    return MaxColoursOfTree;
                }
            }
        }

        return colours.Count;
    }
}
