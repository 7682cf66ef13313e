using ImageBackend.Infrastructure.Imaging.Libvips;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>libvips itself refuses all loaders but those of this service, whoever calls it.</summary>
public sealed class LoaderTests : IDisposable
{
    private static readonly string[] Allowed =
    [
        "jpegload", "jpegload_buffer", "jpegload_source", "pngload", "pngload_buffer", "pngload_source",
        "gifload", "gifload_buffer", "gifload_source", "svgload", "svgload_buffer", "svgload_source",
        "webpload", "webpload_buffer", "webpload_source", // opened by whatever test in this process converts first
    ];

    private readonly TempFolder _folder = new();

    public LoaderTests() => Vips.EnsureReady();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("picture.tif", "tiffload")]
    [InlineData("picture.csv", "csvload")]
    [InlineData("picture.mat", "matrixload")]
    [InlineData("picture.v", "vipsload")]
    public void Of_another_format_is_blocked(string name, string loader)
    {
        using Image image = Pictures.Quadrants(40, 40);
        string path = _folder.File(name);
        if (loader is "matrixload")
        {
            File.WriteAllText(path, "2 2\n1 0\n0 1\n");
        }
        else if (loader is "csvload")
        {
            File.WriteAllText(path, "1,2\n3,4\n");
        }
        else
        {
            image.WriteToFile(path);
        }

        FluentActions.Invoking(() => Image.NewFromFile(path)).Should().Throw<VipsException>();
        FluentActions.Invoking(() => Operation.Call(loader, path)).Should().Throw<VipsException>().WithMessage("*blocked*");
    }

    [Fact]
    public void Of_a_buffer_is_blocked_too()
    {
        using Image image = Pictures.Quadrants(40, 40);

        FluentActions.Invoking(() => Image.NewFromBuffer(image.TiffsaveBuffer())).Should().Throw<VipsException>();
    }

    [Fact]
    public void Of_a_bitmap_is_not_there()
    {
        string path = _folder.Write("picture.bmp", [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 0, 0, 255, 0]);

        FluentActions.Invoking(() => Image.NewFromFile(path)).Should().Throw<VipsException>();
    }

    [Fact]
    public void That_are_let_through_are_those_of_this_service_and_no_more()
    {
        // A blocked loader reads no byte of any file. Two are left out: `heifload` reads first (workers prove at their
        // start that it is blocked), and `rawload` must be told the size.
        string path = _folder.Write("any", new byte[100]);
        string[] loaders = [.. NetVips.NetVips.GetOperations().Where(name => name.EndsWith("load", StringComparison.Ordinal) && name is not ("profile_load" or "heifload" or "rawload"))];

        loaders.Where(name => !IsBlocked(name)).Should().BeSubsetOf(Allowed);
        loaders.Should().HaveCountGreaterThan(8, "else there is nothing to block");

        bool IsBlocked(string name)
        {
            try
            {
                Operation.Call(name, path);
                return false;
            }
            catch (VipsException exception)
            {
                return exception.Message.Contains("blocked", StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Of_the_four_formats_work()
    {
        Image.NewFromFile(_folder.Write("a", Pictures.Jpeg(40, 30))).Width.Should().Be(40);
        Image.NewFromFile(_folder.Write("b", Pictures.Png(40, 30))).Width.Should().Be(40);
        Image.NewFromFile(_folder.Write("c", Pictures.AnimatedGif(40, 30, [10, 10, 10], 0))).Width.Should().Be(40);
        Image.NewFromFile(_folder.Write("d", Pictures.SvgBytes(40, 30))).Width.Should().Be(40);
    }
}
