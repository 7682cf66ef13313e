using System.Runtime.CompilerServices;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;
using SixLabors.ImageSharp.Processing.Processors.Transforms;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>Resizing, cutting and turning, of all frames of a picture.</summary>
internal static class Canvas
{
    /// <param name="size">The picture has exactly this size afterwards.</param>
    public static void Resize(Image picture, PixelSize size) => picture.Mutate(SharpConfiguration.Settings, context => Resize(context, size, All(size)));

    /// <returns>A new picture of exactly this size; the caller disposes it.</returns>
    public static Image<TPixel> Resized<TPixel>(Image<TPixel> picture, PixelSize size)
        where TPixel : unmanaged, IPixel<TPixel> => picture.Clone(SharpConfiguration.Settings, context => Resize(context, size, All(size)));

    /// <param name="layout">On the picture.</param>
    /// <param name="background">Fills the area beside the picture.</param>
    /// <returns>A new picture; the caller disposes it.</returns>
    public static Image<TPixel> LayOut<TPixel>(Image<TPixel> picture, ThumbnailLayout layout, Colour background)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        CropArea shown = layout.Shown;
        if (layout.ShowsAll)
        {
            return Resized(picture, layout.Resized);
        }

        TPixel colour = Color.FromRgb((byte)background.Red, (byte)background.Green, (byte)background.Blue).ToPixel<TPixel>();
        if (!shown.TryClip(layout.Resized, out PixelRect part))
        {
            return Padded(picture, at: null, layout.Size, colour);
        }

        Image<TPixel> inside = picture.Clone(SharpConfiguration.Settings, context => Resize(context, layout.Resized, part));
        if (part.Size == layout.Size)
        {
            return inside;
        }

        using (inside)
        {
            return Padded(inside, new Point(part.X - shown.X, part.Y - shown.Y), layout.Size, colour);
        }
    }

    /// <summary>Makes a small picture of the first frame.</summary>
    /// <param name="side">The most pixels on a side.</param>
    public static RgbaSample Sample<TPixel>(Image<TPixel> picture, int side)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using Image<TPixel> first = picture.Frames.CloneFrame(0);
        PixelSize size = new(first.Width, first.Height);
        PixelSize some = RgbaSample.SizeWithin(size, RgbaSample.EnoughTimes * side);
        if (some != size)
        {
            Resize(first, some);
        }

        int bands = Unsafe.SizeOf<TPixel>();
        byte[] pixels = new byte[bands * some.Pixels];
        first.CopyPixelDataTo(pixels);
        return RgbaSample.Of(pixels, some, bands, side);
    }

    /// <param name="at">Where the picture lies on the background; null: not at all.</param>
    private static Image<TPixel> Padded<TPixel>(Image<TPixel> picture, Point? at, PixelSize size, TPixel background)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        Image<TPixel> padded = new(SharpConfiguration.Settings, size.Width, size.Height, background);
        padded.Metadata.GetGifMetadata().RepeatCount = picture.Metadata.GetGifMetadata().RepeatCount;
        for (int i = 0; i < picture.Frames.Count; i++)
        {
            ImageFrame<TPixel> from = picture.Frames[i];
            ImageFrame<TPixel> to = i == 0 ? padded.Frames.RootFrame : padded.Frames.CreateFrame(background);
            to.Metadata.GetGifMetadata().FrameDelay = from.Metadata.GetGifMetadata().FrameDelay;
            for (int y = 0; at is { } place && y < from.Height; y++)
            {
                from.DangerousGetPixelRowMemory(y).Span.CopyTo(to.DangerousGetPixelRowMemory(place.Y + y).Span[place.X..]);
            }
        }

        return padded;
    }

    /// <param name="orientation">1 to 8, as in EXIF.</param>
    public static void BringUpright(Image picture, int orientation)
    {
        (RotateMode rotation, FlipMode flip) = orientation switch
        {
            2 => (RotateMode.None, FlipMode.Horizontal),
            3 => (RotateMode.Rotate180, FlipMode.None),
            4 => (RotateMode.None, FlipMode.Vertical),
            5 => (RotateMode.Rotate90, FlipMode.Horizontal),
            6 => (RotateMode.Rotate90, FlipMode.None),
            7 => (RotateMode.Rotate270, FlipMode.Horizontal),
            8 => (RotateMode.Rotate270, FlipMode.None),
            _ => (RotateMode.None, FlipMode.None),
        };
        if ((rotation, flip) != (RotateMode.None, FlipMode.None))
        {
            picture.Mutate(SharpConfiguration.Settings, context => context.RotateFlip(rotation, flip));
        }
    }

    public static void Turn(Image picture, Rotation rotation) => picture.Mutate(
        SharpConfiguration.Settings,
        context => context.Rotate(rotation.Degrees switch { 90 => RotateMode.Rotate90, -90 => RotateMode.Rotate270, _ => RotateMode.Rotate180 }));

    /// <param name="size">Size of the whole picture after the resize.</param>
    /// <param name="part">The requested part of that; no other pixels are made.</param>
    private static void Resize(IImageProcessingContext context, PixelSize size, PixelRect part)
    {
        // One sampler serves both directions, but shrinking needs another one than enlarging.
        Size current = context.GetCurrentSize();
        PixelSize shrunk = new(Math.Min(size.Width, current.Width), Math.Min(size.Height, current.Height));
        if (shrunk == size)
        {
            Resample(context, size, part, KnownResamplers.Lanczos3);
            return;
        }

        Resample(context, shrunk, All(shrunk), KnownResamplers.Lanczos3);
        Resample(context, size, part, KnownResamplers.CatmullRom);
    }

    private static void Resample(IImageProcessingContext context, PixelSize size, PixelRect part, IResampler sampler)
    {
        Size current = context.GetCurrentSize();
        if (new PixelSize(current.Width, current.Height) != size)
        {
            context.Resize(new ResizeOptions
            {
                Mode = ResizeMode.Manual,
                Size = new Size(part.Width, part.Height),
                TargetRectangle = new Rectangle(-part.X, -part.Y, size.Width, size.Height),
                Sampler = sampler,
            });
        }
        else if (part.Size != size)
        {
            context.Crop(new Rectangle(part.X, part.Y, part.Width, part.Height));
        }
    }

    private static PixelRect All(PixelSize size) => new(0, 0, size.Width, size.Height);
}
