using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>A drawing has the size that a browser gives it: 96 pixels to an inch.</summary>
public sealed class DrawingSizeTests : IDisposable
{
    private readonly Workbench _bench = new();

    // What Chromium reports as naturalWidth and naturalHeight of the stored drawing.
    public static TheoryData<string, int, int> Sizes => new()
    {
        { "width='300mm' height='200mm'", 1134, 756 },
        { "width='21cm' height='29.7cm'", 794, 1123 },
        { "width='400Q' height='200q'", 378, 189 },
        { "width='1in' height='2pc'", 96, 32 },
        { "width='300pt' height='200pt'", 400, 267 },
        { "width='10.5' height='10.4px'", 11, 10 },
        { "width='1.13e3' height='1'", 1130, 1 },
        { "width='10em' height='5rem'", 160, 80 },
        { "font-size='20' width='10em' height='5em'", 200, 100 },
        { "width='10PX' height='1IN'", 10, 96 },
        { "viewBox='0 0 200 100'", 200, 100 },
        { "viewBox='10,20,70,40' width='' height='auto'", 70, 40 },
        { "viewBox='0 0 200 100' width='100%' height='100%'", 200, 100 },
        { "viewBox='0 0 200 100' width='400'", 400, 200 },
        { "viewBox='0 0 200 100' height='100mm'", 756, 378 },
        { "viewBox='0 0 200 100' width='40vw' height='calc(1px)'", 200, 100 },
        { "width='400'", 400, 150 },
        { "", 300, 150 },
        { "width='210 mm' height='1e2px'", 300, 100 },
        { "style='width:30px;height:20px' width='60' height='70' viewBox='0 0 10 10'", 60, 70 },
    };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Is_that_of_a_browser_and_stays_so_when_it_is_stored(string root, int width, int height)
    {
        string path = Write($"<svg xmlns='http://www.w3.org/2000/svg' {root}><rect width='5' height='5'/></svg>");
        string stored = _bench.Folder.File("stored");
        Inspection found = await _bench.Processor.InspectAsync(path, stored, default);

        found.Header!.Size.Should().Be(new PixelSize(width, height));
        (await SizeAsync(path)).Should().Be(new PixelSize(width, height));
        (await SizeAsync(stored)).Should().Be(new PixelSize(width, height));
    }

    [Theory]
    [InlineData("<rect width='10mm' height='20Q'/>", "<rect width='37.795276' height='18.897638'/>")]
    [InlineData("<rect width='1pc' height='9pt'/>", "<rect width='16' height='12'/>")]
    [InlineData("<path d='M0 20H90' stroke='red' stroke-width='.1in' stroke-dasharray='1mm 2mm'/>", "<path d='M0 20H90' stroke='red' stroke-width='9.6' stroke-dasharray='3.779528 7.559055'/>")]
    [InlineData("<path d='M0 20H90' style='stroke:red;stroke-width:3mm'/>", "<path d='M0 20H90' stroke='red' stroke-width='11.338583'/>")]
    [InlineData("<style>path{stroke:red;stroke-width:3mm}</style><path d='M0 20H90'/>", "<path d='M0 20H90' stroke='red' stroke-width='11.338583'/>")]
    [InlineData("<text y='32' font-size='12pt'>mm</text>", "<text y='32' font-size='16'>mm</text>")]
    public async Task Lengths_in_units_are_those_of_a_browser_inside_too(string inside, string same) => await ShouldLookAlikeAsync(inside, same);

    [Fact]
    public async Task A_crop_shows_the_part_that_a_browser_shows_there()
    {
        string path = Write("""
            <svg xmlns="http://www.w3.org/2000/svg" width="300mm" height="200mm" viewBox="0 0 300 200"><rect width="150" height="100" fill="#dc1e1e"/>
            <rect x="150" width="150" height="100" fill="#1eb41e"/><rect y="100" width="150" height="100" fill="#1e1edc"/><rect x="150" y="100" width="150" height="100" fill="#f0f0f0"/></svg>
            """);
        ThumbnailTarget[] targets = _bench.Targets(ImageFormat.Svg);

        await _bench.Processor.MakeThumbnailsAsync(path, ImageFormat.Svg, CropArea.Parse("200x200+467+278"), targets, default);

        Look.AtQuadrants(await File.ReadAllBytesAsync(targets[0].Path)).ShouldLookLike(Pictures.QuadrantColours);
    }

    [Theory]
    [InlineData("width='0' height='10'")]
    [InlineData("width='10' height='-5mm'")]
    public async Task Nothing_is_refused_by_its_reason(string root)
    {
        Func<Task> act = () => SizeAsync(Write($"<svg xmlns='http://www.w3.org/2000/svg' {root}/>"));

        await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*has no size*");
    }

    [Theory]
    [InlineData("<text y='32'>x</text>", "<text y='32' font-size='16px'>x</text>")]
    [InlineData("<switch><g requiredFeatures='http://www.w3.org/TR/SVG11/feature#Extensibility'><rect width='9' height='9'/></g><text y='30'>not here</text></switch>", "<rect width='9' height='9'/>")]
    [InlineData("<style>:root{--c:#dc1e1e}</style><rect width='9' height='9' fill='var(--c)'/>", "<rect width='9' height='9' fill='#dc1e1e'/>")]
    [InlineData("<style>:root{--c:#dc1e1e}@media (prefers-color-scheme: dark){:root{--c:blue}}</style><rect width='9' height='9' fill='var(--c)'/>", "<rect width='9' height='9' fill='#dc1e1e'/>")]
    [InlineData("<rect width='9' height='9' style='fill:var(--none, #dc1e1e)'/>", "<rect width='9' height='9' fill='#dc1e1e'/>")]
    [InlineData("<style>@media screen{rect{fill:#dc1e1e}}@media print{rect{fill:blue}}</style><rect width='9' height='9'/>", "<rect width='9' height='9' fill='#dc1e1e'/>")]
    public async Task What_the_renderer_does_not_know_is_drawn_as_by_a_browser(string inside, string same) => await ShouldLookAlikeAsync(inside, same);

    [Fact]
    public async Task A_background_of_the_drawing_is_painted_as_browsers_paint_it()
    {
        Made made = await _bench.MakeAsync(Encoding.UTF8.GetBytes(
            "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40' viewBox='-50 -50 10 10' style='background-color: #1e1edc'/>"), ImageFormat.Svg);

        Look.AtQuadrants(made.Big).ShouldLookLike([Pictures.Blue, Pictures.Blue, Pictures.Blue, Pictures.Blue]);
    }

    private async Task ShouldLookAlikeAsync(string inside, string same)
    {
        string Document(string content) => $"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'>{content}</svg>";
        SvgCopy one = await SvgDocument.ReadAsync(Write(Document(inside)), SvgForm.Rendered, default);
        SvgCopy other = await SvgDocument.ReadAsync(Write(Document(same)), SvgForm.Rendered, default);
        SvgCopy nothing = await SvgDocument.ReadAsync(Write(Document(string.Empty)), SvgForm.Rendered, default);

        SvgComparison.AreAlike(one.Content, other.Content).Should().BeTrue();
        SvgComparison.AreAlike(one.Content, nothing.Content).Should().BeFalse();
    }

    private string Write(string drawing) => _bench.Folder.Write(Guid.NewGuid().ToString("N"), Encoding.UTF8.GetBytes(drawing));

    private async Task<PixelSize> SizeAsync(string path) => (await _bench.Processor.ReadHeaderAsync(path, ImageFormat.Svg, default)).Size;
}
