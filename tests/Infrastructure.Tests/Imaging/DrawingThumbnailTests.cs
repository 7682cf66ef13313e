using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>SVG: rendered on white, from a document of bounded size that refers to nothing outside.</summary>
public sealed class DrawingThumbnailTests : IDisposable
{
    private static readonly Rgb Canary = new(255, 0, 255);

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Are_jpegs_of_the_size_that_the_drawing_names()
    {
        Made made = await MakeAsync(Pictures.Svg(620, 410));

        made.Header.Should().Be(new ImageHeader(new PixelSize(620, 410), 1));
        made.Files.Select(Look.SizeOf).Should().Equal((620, 410), (400, 265), (200, 200));
        made.Files.Should().AllSatisfy(file =>
        {
            file.Should().StartWith([0xFF, 0xD8, 0xFF]);
            Look.AtQuadrants(file).ShouldLookLike(Pictures.QuadrantColours);
        });
    }

    [Fact]
    public async Task Are_on_white_where_the_drawing_is_transparent()
    {
        Made made = await MakeAsync("""
            <svg xmlns="http://www.w3.org/2000/svg" width="620" height="410"><rect x="310" width="310" height="205" fill="#1eb41e"/></svg>
            """);

        made.Files.Should().AllSatisfy(file =>
            Look.AtQuadrants(file).ShouldLookLike([Pictures.White, Pictures.Green, Pictures.White, Pictures.White]));
    }

    [Fact]
    public async Task Take_a_doctype_without_entities()
    {
        string before = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">

            """;

        Made made = await MakeAsync(Pictures.Svg(before: before));

        Look.AtQuadrants(made.Big).ShouldLookLike(Pictures.QuadrantColours);
    }

    [Theory]
    [InlineData("cut off", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><rect width=\"5\"")]
    [InlineData("elements crossed", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><g><a></g></a></svg>")]
    [InlineData("an entity of entities", "<!DOCTYPE svg [<!ENTITY d \"x\"><!ENTITY e \"&d;&d;\">]><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><text>&e;</text></svg>")]
    [InlineData("an entity from a file", "<!DOCTYPE svg [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"><text>&e;</text></svg>")]
    [InlineData("no size at all", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\"></svg>")]
    public async Task Are_refused_when_the_drawing_is_broken(string what, string svg)
    {
        Func<Task> act = () => MakeAsync(svg);

        (await act.Should().ThrowAsync<InvalidImageException>(what)).Which.Code.Should().Be("broken_image");
    }

    [Theory]
    [InlineData("depth")]
    [InlineData("elements")]
    [InlineData("uses")]
    [InlineData("bytes")]
    public async Task Are_refused_when_the_drawing_is_too_complex(string limit)
    {
        string inside = limit switch
        {
            "depth" => string.Concat(Enumerable.Repeat("<g>", 201)) + string.Concat(Enumerable.Repeat("</g>", 201)),
            "elements" => string.Concat(Enumerable.Repeat("<g/>", 100_000)),
            "uses" => $"<g id=\"a\">{string.Concat(Enumerable.Repeat("<g/>", 200))}</g>{string.Concat(Enumerable.Repeat("<use xlink:href=\"#a\"/>", 500))}",
            _ => new string(' ', 2_000_001),
        };

        Func<Task> act = () => MakeAsync(Pictures.Svg(inside: inside));

        InvalidImageException refusal = (await act.Should().ThrowAsync<InvalidImageException>()).Which;
        refusal.Code.Should().Be("image_too_complex");
        refusal.Limit.Should().BePositive();
    }

    [Theory]
    [InlineData("<image xlink:href=\"{0}\" width=\"2\" height=\"2\" preserveAspectRatio=\"none\"/>")]
    [InlineData("<image href=\"{0}\" width=\"2\" height=\"2\" preserveAspectRatio=\"none\"/>")]
    [InlineData("<style>@import url(\"{0}\"); rect {{ fill: url({0}) }}</style>")]
    [InlineData("<use xlink:href=\"{0}#c\" width=\"2\" height=\"2\"/>")]
    [InlineData("<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"{0}\"/>")]
    public async Task Show_nothing_of_a_file_outside(string reference)
    {
        using Image canary = Pictures.Flat(20, 20, Canary);
        string png = _bench.Folder.Write("canary.png", canary.PngsaveBuffer());
        string svg = _bench.Folder.Write(
            "canary.svg", Encoding.UTF8.GetBytes("<svg xmlns=\"http://www.w3.org/2000/svg\"><rect id=\"c\" width=\"2\" height=\"2\" fill=\"#ff00ff\"/></svg>"));
        string css = _bench.Folder.Write("canary.css", "rect { fill: #ff00ff }"u8.ToArray());

        foreach (string file in new[] { png, svg, css }.SelectMany(path => new[] { path, $"file://{path}", Path.GetFileName(path) }))
        {
            Made made = await MakeAsync(Pictures.Svg(inside: string.Format(null, reference, file)));

            made.Files.Should().AllSatisfy(thumbnail =>
                Look.AtQuadrants(thumbnail).Should().AllSatisfy(colour => colour.DistanceTo(Canary).Should().BeGreaterThan(60, "of {0}", file)));
        }
    }

    private Task<Made> MakeAsync(string svg) => _bench.MakeAsync(Encoding.UTF8.GetBytes(svg), ImageFormat.Svg);
}
