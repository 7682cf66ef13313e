using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;
using SixLabors.ImageSharp.PixelFormats;
using ManagedImage = SixLabors.ImageSharp.Image<SixLabors.ImageSharp.PixelFormats.Rgba32>;

namespace ImageBackend.Together.Tests;

/// <summary>What a decoder that did not make a picture's file sees in it; only an AVIF is read by its own encoder's library.</summary>
/// <param name="Hundredths">Total duration of a GIF's frames, in hundredths of a second.</param>
/// <param name="Pixels">Pixels of the first frame, row by row.</param>
internal sealed record SeenPicture(PixelSize Size, int Frames, int Hundredths, IReadOnlyList<Rgba32> Pixels)
{
    public static SeenPicture Of(byte[] file, ImageFormat format)
    {
        if (format == ImageFormat.Avif)
        {
            return OfAvif(file);
        }

        using ManagedImage image = SixLabors.ImageSharp.Image.Load<Rgba32>(file, out SixLabors.ImageSharp.Formats.IImageFormat found);
        found.FileExtensions.Should().Contain(format.Extension);
        Rgba32[] pixels = new Rgba32[image.Width * image.Height];
        image.Frames.RootFrame.CopyPixelDataTo(pixels);
        int hundredths = format == ImageFormat.Gif ? Enumerable.Range(0, image.Frames.Count).Sum(i => SixLabors.ImageSharp.MetadataExtensions.GetGifMetadata(image.Frames[i].Metadata).FrameDelay) : 0;
        return new SeenPicture(new PixelSize(image.Width, image.Height), image.Frames.Count, hundredths, pixels);
    }

    /// <returns>The one of some colours that is nearest to a pixel's, on white.</returns>
    /// <param name="x">From 0, the left side, to 1.</param>
    /// <param name="y">From 0, the upper side, to 1.</param>
    public Rgb NearestAt(double x, double y, IEnumerable<Rgb> colours)
    {
        Rgba32 pixel = Pixels[((int)(y * Size.Height) * Size.Width) + (int)(x * Size.Width)];
        Rgb seen = new(OnWhite(pixel.R), OnWhite(pixel.G), OnWhite(pixel.B));
        return colours.MinBy(colour => colour.DistanceTo(seen));

        int OnWhite(byte level) => 255 - ((255 - level) * pixel.A / 255);
    }

    private static SeenPicture OfAvif(byte[] file)
    {
        // A service that decodes in this process blocks all loaders that it does not need.
        Operation.Block("VipsForeignLoadHeif", false);
        using Image image = Image.HeifloadBuffer(file, failOn: Enums.FailOn.Warning);
        using Image colour = image.Colourspace(Enums.Interpretation.Srgb);
        using Image full = colour.HasAlpha() ? colour.Copy() : colour.Bandjoin(255);
        byte[] bytes = full.WriteToMemory<byte>();
        return new SeenPicture(
            new PixelSize(full.Width, full.Height), 1, 0, [.. bytes.Chunk(4).Select(levels => new Rgba32(levels[0], levels[1], levels[2], levels[3]))]);
    }
}
