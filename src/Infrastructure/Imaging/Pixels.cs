using System.Diagnostics.Metrics;
using ImageBackend.Domain;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Resizing and cutting. Pictures of several frames have them one below the other, all of one height.</summary>
internal static class Pixels
{
    public const string MeterName = "ImageBackend.Imaging";

    private static readonly Meter Meter = new(MeterName);

    private static readonly string[] AnimationFields = ["delay", "loop"];

    /// <summary>How often pixels of an original were decoded: once an upload.</summary>
    public static readonly Counter<long> DecodeCount = Meter.CreateCounter<long>("images.decodes", description: "Decodes of originals");

    /// <param name="size">Of one frame; the result has it exactly.</param>
    /// <returns>A new picture, not yet computed; the caller disposes it.</returns>
    public static Image Resize(Image image, PixelSize size, int frames) =>
        frames == 1 ? Resize(image, size) : PerFrame(image, frames, frame => Resize(frame, size));

    /// <summary>Resizes, then cuts the middle out.</summary>
    /// <param name="size">Of one frame after the resize.</param>
    /// <param name="extent">Of one frame of the result; where it is larger than the resized one, the rest is white.</param>
    public static Image ResizeAndCut(Image image, PixelSize size, PixelSize? extent, int frames)
    {
        if (extent is not { } cut)
        {
            return Resize(image, size, frames);
        }

        return frames == 1 ? ResizeAndCut(image, size, cut) : PerFrame(image, frames, frame => ResizeAndCut(frame, size, cut));
    }

    public static Image OnWhite(Image image) => image.HasAlpha() ? image.Flatten(background: [255]) : image.Copy();

    private static Image Resize(Image image, PixelSize size)
    {
        double horizontal = (double)size.Width / image.Width;
        double vertical = (double)size.Height / image.Height;
        if (horizontal == 1 && vertical == 1)
        {
            return image.Copy();
        }

        if (!image.HasAlpha())
        {
            return image.Resize(horizontal, kernel: Enums.Kernel.Lanczos3, vscale: vertical);
        }

        // What is transparent has a colour too; unless it weighs nothing it bleeds into its neighbours.
        using Image weighted = image.Premultiply();
        using Image resized = weighted.Resize(horizontal, kernel: Enums.Kernel.Lanczos3, vscale: vertical);
        using Image plain = resized.Unpremultiply();
        return plain.Cast(image.Format);
    }

    private static Image ResizeAndCut(Image image, PixelSize size, PixelSize cut)
    {
        // Enlarging a strip of 1x8000 to a width of 200 makes 320 million pixels, of which 200x200 stay: cut first.
        if (size.Width > image.Width || size.Height > image.Height)
        {
            PixelSize part = new(PartOf(image.Width, size.Width, cut.Width), PartOf(image.Height, size.Height, cut.Height));
            using Image middle = image.Crop((image.Width - part.Width) / 2, (image.Height - part.Height) / 2, part.Width, part.Height);
            PixelSize enlarged = new(
                (int)Math.Max(1, Math.Round((double)part.Width * size.Width / image.Width)),
                (int)Math.Max(1, Math.Round((double)part.Height * size.Height / image.Height)));
            using Image resizedPart = Resize(middle, enlarged);
            return Cut(resizedPart, cut);
        }

        using Image resized = Resize(image, size);
        return Cut(resized, cut);
    }

    // The pixels of the source that show in the cut, with a few more for the resampling kernel; centred like it.
    private static int PartOf(int source, int resized, int cut)
    {
        const int Margin = 8;
        long part = ((long)cut * source / resized) + Margin;
        return (int)Math.Min(source, part + ((source - part) & 1));
    }

    private static Image Cut(Image image, PixelSize cut)
    {
        // Two integer divisions, as ImageMagick centres.
        int left = (image.Width / 2) - (cut.Width / 2);
        int top = (image.Height / 2) - (cut.Height / 2);
        if (left >= 0 && top >= 0 && left + cut.Width <= image.Width && top + cut.Height <= image.Height)
        {
            return image.Crop(left, top, cut.Width, cut.Height);
        }

        return image.Embed(-left, -top, cut.Width, cut.Height, extend: Enums.Extend.White);
    }

    private static Image PerFrame(Image image, int frames, Func<Image, Image> work)
    {
        int height = image.Height / frames;
        Image[] made = new Image[frames];
        try
        {
            for (int i = 0; i < frames; i++)
            {
                using Image frame = image.Crop(0, i * height, image.Width, height);
                made[i] = work(frame);
            }

            using Image joined = Image.Arrayjoin(made, across: 1);
            return joined.Mutate(mutable =>
            {
                mutable.Set(GValue.GIntType, "page-height", made[0].Height);
                foreach (string field in AnimationFields.Where(field => image.Contains(field)))
                {
                    mutable.Set(image.GetTypeOf(field), field, image.Get(field));
                }
            });
        }
        finally
        {
            foreach (Image? frame in made)
            {
                frame?.Dispose();
            }
        }
    }
}
