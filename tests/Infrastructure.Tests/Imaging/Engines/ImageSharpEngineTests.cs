using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Engines;

public sealed class ImageSharpEngineTests() : EngineContract("imagesharp", Seen.ByLibvips)
{
    [Fact]
    public async Task Refuses_ink_colours_since_they_would_be_wrong()
    {
        using Workbench bench = new("imagesharp");
        using Image image = Pictures.Quadrants(60, 40);
        using Image inks = image.Colourspace(Enums.Interpretation.Cmyk);

        Func<Task> act = () => bench.MakeAsync(inks.JpegsaveBuffer(), ImageFormat.Jpeg);

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("unsupported_format");
    }

    [Fact]
    public async Task Refuses_drawings()
    {
        using Workbench bench = new("imagesharp");

        Func<Task> act = () => bench.MakeAsync(Pictures.SvgBytes(), ImageFormat.Svg);

        (await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*IMAGING_ENGINE=imagesharp*")).Which.Code.Should().Be("unsupported_format");
    }

    [Fact]
    public async Task Starts_only_where_nothing_reads_other_formats()
    {
        using Workbench bench = new("imagesharp");

        await bench.Processor.PrepareAsync();
    }
}
