using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>
/// Crops and canvases of unusual pictures; sizes and positions are compared in <see cref="GeometryAgainstImageMagickTests"/>.
/// </summary>
public sealed class LayoutTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_background_has_its_colour_beside_a_grey_picture()
    {
        using Image colours = Pictures.Quadrants(60, 40);
        using Image grey = colours.Colourspace(Enums.Interpretation.Bw);

        byte[] made = await MakeAsync(grey.PngsaveBuffer(), ImageFormat.Png, "-gravity", "center", "-background", "#ff0000", "-extent", "60x60");

        Look.PixelAt(made, 30, 5).Should().Equal(255, 0, 0);
        double[] picture = Look.PixelAt(made, 15, 20);
        picture.Should().Equal(picture[0], picture[0], picture[0]);
    }

    [Fact]
    public async Task What_is_transparent_stays_so_on_a_canvas()
    {
        byte[] made = await MakeAsync(Pictures.TransparentPng(60, 40), ImageFormat.Png, "-gravity", "center", "-background", "black", "-extent", "60x60");

        Look.PixelAt(made, 45, 40).Should().HaveElementAt(3, 0);
        Look.PixelAt(made, 30, 5).Should().Equal(0, 0, 0, 255);
    }

    [Fact]
    public async Task Each_frame_of_an_animation_is_cropped_and_laid_on_a_canvas()
    {
        byte[] made = await MakeAsync(
            Pictures.AnimatedGif(60, 40, [100, 200, 300], 0), ImageFormat.Gif, "-crop", "20x20+10+10", "-resize", "50%", "-background", "black", "-extent", "10x30");

        using Image animation = Image.GifloadBuffer(made, n: -1);
        (animation.Width, animation.Height, animation.Get("page-height")).Should().Be((10, 90, 30));
        animation.Get("delay").Should().BeEquivalentTo(new[] { 100, 200, 300 });
        Rgb[] frames = [Pictures.Red, Pictures.Green, Pictures.Blue];
        for (int i = 0; i < frames.Length; i++)
        {
            At(animation, 5, (30 * i) + 5).DistanceTo(frames[i]).Should().BeLessThan(8);
            At(animation, 5, (30 * i) + 20).DistanceTo(new Rgb(0, 0, 0)).Should().BeLessThan(8);
        }

        static Rgb At(Image image, int x, int y) => image.Getpoint(x, y) is [var r, var g, var b, ..] ? new Rgb((int)r, (int)g, (int)b) : default;
    }

    [Fact]
    public async Task A_crop_is_of_the_part_that_the_publisher_chose()
    {
        // The right half shows green above pale; its lower part is pale.
        byte[] made = await MakeAsync(Pictures.Png(60, 40), ImageFormat.Png, CropArea.Parse("30x40+30+0"), "-gravity", "south", "-crop", "30x16+0+0", "-resize", "10x8!");

        Look.SizeOf(made).Should().Be((10, 8));
        Look.AtQuadrants(made).ShouldLookLike([Pictures.Pale, Pictures.Pale, Pictures.Pale, Pictures.Pale]);
    }

    private Task<byte[]> MakeAsync(byte[] original, ImageFormat format, params string[] arguments) => MakeAsync(original, format, null, arguments);

    private async Task<byte[]> MakeAsync(byte[] original, ImageFormat format, CropArea? crop, params string[] arguments)
    {
        ThumbnailTarget target = new(new GeometryCase(arguments).ToSpec("S"), format, _bench.Folder.File("made"));
        await _bench.Processor.MakeThumbnailsAsync(_bench.Folder.Write("original", original), format, crop, [target], default);
        return await File.ReadAllBytesAsync(target.Path);
    }
}
