using System.Diagnostics.Metrics;
using ImageBackend.Domain;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Resizing and cutting. Pictures of several frames have them one below the other, all of one height.</summary>
internal static class Pixels
{
    public const string MeterName = "ImageBackend.Imaging";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>How often pixels of an original were decoded: once an upload.</summary>
    public static readonly Counter<long> DecodeCount = Meter.CreateCounter<long>("images.decodes", description: "Decodes of originals");

    /// <param name="size">Of one frame; the result has it exactly.</param>
    /// <returns>A new picture, not yet computed; the caller disposes it.</returns>
    public static Image Resize(Image image, PixelSize size, int frames) =>
        frames == 1 ? Resize(image, size) : PerFrame(image, frames, frame => Resize(frame, size));

    /// <summary>Resizes, then cuts as a thumbnail's spec says; where the cut is larger than the picture its background fills the rest.</summary>
    /// <param name="size">Of one frame after the resize.</param>
    public static Image ResizeAndCut(Image image, PixelSize size, ThumbnailSpec spec, int frames)
    {
        if (spec.Extent is not { } cut)
        {
            return Resize(image, size, frames);
        }

        return frames == 1 ? ResizeAndCut(image, size, cut, spec) : PerFrame(image, frames, frame => ResizeAndCut(frame, size, cut, spec));
    }

    /// <summary>Keeps one part of each frame.</summary>
    public static Image Crop(Image image, PixelRect part, int frames)
    {
        return frames == 1 ? Of(image) : PerFrame(image, frames, Of);

        Image Of(Image frame) => frame.Crop(part.X, part.Y, part.Width, part.Height);
    }

    /// <summary>Turns each frame.</summary>
    public static Image Turn(Image image, Rotation rotation, int frames)
    {
        return frames == 1 ? Of(image) : PerFrame(image, frames, Of);

        Image Of(Image frame) => rotation.Degrees switch
        {
            90 => frame.Rot90(),
            -90 => frame.Rot270(),
            _ => frame.Rot180(),
        };
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

    private static Image ResizeAndCut(Image image, PixelSize size, PixelSize cut, ThumbnailSpec spec)
    {
        (int x, int y) = spec.Gravity.OffsetOf(cut, size);
        // Enlarging a strip of 1x8000 to a width of 200 makes 320 million pixels, of which 200x200 stay: cut first.
        if (size.Width > image.Width || size.Height > image.Height)
        {
            (int left, int width) = PartOf(image.Width, size.Width, x, cut.Width);
            (int top, int height) = PartOf(image.Height, size.Height, y, cut.Height);
            double horizontal = (double)size.Width / image.Width;
            double vertical = (double)size.Height / image.Height;
            using Image part = image.Crop(left, top, width, height);
            using Image enlarged = Resize(part, new PixelSize(SideOf(width, horizontal), SideOf(height, vertical)));
            return Cut(enlarged, x - (int)Math.Round(left * horizontal), y - (int)Math.Round(top * vertical), cut, spec.Background);
        }

        using Image resized = Resize(image, size);
        return Cut(resized, x, y, cut, spec.Background);
    }

    private static int SideOf(int side, double scale) => (int)Math.Max(1, Math.Round(side * scale));

    // The pixels of the source that show in the cut, with a few more for the resampling kernel.
    private static (int Start, int Length) PartOf(int source, int resized, int offset, int cut)
    {
        const int Margin = 4;
        double scale = (double)source / resized;
        int start = Math.Clamp((int)Math.Floor(offset * scale) - Margin, 0, source - 1);
        int end = Math.Clamp((int)Math.Ceiling((offset + (double)cut) * scale) + Margin, start + 1, source);
        return (start, end - start);
    }

    private static Image Cut(Image image, int x, int y, PixelSize cut, Colour background)
    {
        if (x >= 0 && y >= 0 && x + cut.Width <= image.Width && y + cut.Height <= image.Height)
        {
            return image.Crop(x, y, cut.Width, cut.Height);
        }

        double[] colour = image.Bands < 3 ? [background.Red] : [background.Red, background.Green, background.Blue];
        return image.Embed(-x, -y, cut.Width, cut.Height, extend: Enums.Extend.Background, background: image.HasAlpha() ? [.. colour, 255] : colour);
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
            // Delays and loops are those of the first frame's picture: every crop of an animation carries them all.
            return joined.Mutate(mutable => mutable.Set(GValue.GIntType, "page-height", made[0].Height));
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
