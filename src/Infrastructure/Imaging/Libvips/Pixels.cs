using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Resizing and cropping. Pictures of several frames have them one below the other, all of the same height.</summary>
internal static class Pixels
{
    /// <param name="size">Size of one frame; the result has it exactly.</param>
    /// <returns>A new picture, not yet computed; the caller disposes it.</returns>
    public static Image Resize(Image image, PixelSize size, int frames) =>
        IsOf(size, image, frames) ? image.Copy()
        : frames == 1 ? Resize(image, size) : PerFrame(image, frames, frame => Resize(frame, size));

    /// <summary>Brings a picture into memory. One that is there already is shared, not copied.</summary>
    /// <remarks>
    /// A copy of what is in memory is more than its bytes: for each row, libvips wakes one thread by another (480 times for a photo of 12
    /// megapixels with three such copies, 270 without).
    /// </remarks>
    /// <returns>The caller disposes it.</returns>
    public static Image InMemory(Image image) => image.CopyMemory();

    /// <summary>Resizes and crops.</summary>
    /// <param name="image">In memory.</param>
    /// <param name="layout">Layout of one frame.</param>
    /// <param name="background">Fills the area beside the picture.</param>
    /// <returns>A picture in memory, which may share the pixels of the given one; the caller disposes it.</returns>
    public static Image LayOut(Image image, ThumbnailLayout layout, Colour background, int frames)
    {
        if (layout.ShowsAll)
        {
            return Fit(image, layout.Resized, frames);
        }

        using Image laidOut = frames == 1 ? ResizeAndCut(image, layout, background) : PerFrame(image, frames, frame => ResizeAndCut(frame, layout, background));
        return InMemory(laidOut);
    }

    /// <param name="image">In memory.</param>
    /// <param name="size">Size of one frame; the result has it exactly.</param>
    /// <returns>A picture in memory, which may share the pixels of the given one; the caller disposes it.</returns>
    public static Image Fit(Image image, PixelSize size, int frames)
    {
        if (IsOf(size, image, frames))
        {
            return InMemory(image);
        }

        using Image resized = Resize(image, size, frames);
        return InMemory(resized);
    }

    /// <summary>Keeps a part of each frame.</summary>
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

    /// <summary>Makes a small picture of the first frame.</summary>
    /// <param name="image">In memory, in sRGB or grey, 8 bits.</param>
    /// <param name="side">The most pixels on a side.</param>
    public static RgbaSample Sample(Image image, int frames, int side)
    {
        PixelSize size = new(image.Width, image.Height / frames);
        int step = 1 + (Math.Max(size.Width, size.Height) / (RgbaSample.EnoughTimes * side));
        PixelSize some = new(Math.Max(1, size.Width / step), Math.Max(1, size.Height / step));
        using Image fewer = step == 1 ? image.Copy() : image.Subsample(Math.Min(step, size.Width), Math.Min(step, size.Height));
        // A region is read on this thread: for so few pixels, libvips' own threads cost more than all the rest.
        using Region region = Region.New(fewer);
        return RgbaSample.Of(region.Fetch(0, 0, some.Width, some.Height), some, image.Bands, side);
    }

    private static bool IsOf(PixelSize size, Image image, int frames) => size == new PixelSize(image.Width, image.Height / frames);

    private static Image Resize(Image image, PixelSize size) => Resize(image, size, new PixelRect(0, 0, size.Width, size.Height));

    private static Image ResizeAndCut(Image image, ThumbnailLayout layout, Colour background)
    {
        CropArea shown = layout.Shown;
        bool isGrey = image.Bands < 3;
        using Image canvas = isGrey && !background.IsGrey ? image.Colourspace(Enums.Interpretation.Srgb) : image.Copy();
        double[] colour = isGrey && background.IsGrey ? [background.Red] : [background.Red, background.Green, background.Blue];
        colour = image.HasAlpha() ? [.. colour, 255] : colour;
        if (!shown.TryClip(layout.Resized, out PixelRect part))
        {
            using Image pixel = canvas.Crop(0, 0, 1, 1);
            using Image coloured = pixel.NewFromImage(colour);
            return coloured.Embed(0, 0, shown.Width, shown.Height, extend: Enums.Extend.Copy);
        }

        using Image resized = Resize(canvas, layout.Resized, part);
        return part.Size == layout.Size ? resized.Copy() : resized.Embed(
            part.X - shown.X, part.Y - shown.Y, shown.Width, shown.Height, extend: Enums.Extend.Background, background: colour);
    }

    /// <param name="size">Size of the whole picture after the resize.</param>
    /// <param name="part">
    /// The requested part of that; no other pixels are made. A 1x8000 strip has 320 million pixels at a width of 200.
    /// </param>
    private static Image Resize(Image image, PixelSize size, PixelRect part)
    {
        if (size == new PixelSize(image.Width, image.Height) || !image.HasAlpha())
        {
            return Resample(image, size, part);
        }

        // Transparent pixels have a colour too, which bleeds into their neighbours unless its weight is zero.
        using Image weighted = image.Premultiply();
        using Image resized = Resample(weighted, size, part);
        using Image plain = resized.Unpremultiply();
        return plain.Cast(image.Format);
    }

    private static Image Resample(Image image, PixelSize size, PixelRect part)
    {
        double horizontal = (double)size.Width / image.Width;
        double vertical = (double)size.Height / image.Height;
        using Image shrunk = horizontal < 1 || vertical < 1
            ? image.Resize(Math.Min(1, horizontal), kernel: Enums.Kernel.Lanczos3, vscale: Math.Min(1, vertical))
            : image.Copy();
        if (horizontal <= 1 && vertical <= 1)
        {
            return shrunk.Crop(part.X, part.Y, part.Width, part.Height);
        }

        // Resize would enlarge too, but shifts the picture by half a pixel: here the centres of pixels coincide.
        using Interpolate bicubic = Interpolate.NewFromName("bicubic");
        return shrunk.Affine(
            [Math.Max(1, horizontal), 0, 0, Math.Max(1, vertical)],
            interpolate: bicubic,
            oarea: [0, 0, part.Width, part.Height],
            idx: 0.5,
            idy: 0.5,
            odx: -0.5 - part.X,
            ody: -0.5 - part.Y,
            premultiplied: true,
            extend: Enums.Extend.Copy);
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
            // Delays and loops come from the picture of the first frame: every crop of an animation carries them all.
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
