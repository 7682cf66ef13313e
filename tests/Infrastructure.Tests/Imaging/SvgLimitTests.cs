using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>Small drawings that would keep a renderer busy for minutes are refused based on their XML.</summary>
public sealed class SvgLimitTests : IDisposable
{
    private readonly Workbench _bench = new();

    public static TheoryData<string, string> TooMuch => new()
    {
        { "uses of uses of uses", UseBomb(levels: 6) },
        { "a ring of uses", "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>" },
        { "many steps in one filter", Filter(string.Concat(Enumerable.Repeat("<feOffset dx=\"1\"/>", 17))) },
        { "many filters", string.Concat(Enumerable.Repeat(Filter(string.Concat(Enumerable.Repeat("<feOffset dx=\"1\"/>", 10))), 13)) },
        { "octaves", Filter("<feTurbulence numOctaves=\"200\"/>") },
        { "a wide blur", Filter("<feGaussianBlur stdDeviation=\"3 200\"/>") },
        { "a filter of a region far beyond the picture", "<filter id=\"f\" width=\"2000%\"><feOffset/></filter>" },
        { "a filter of more pixels than a picture may have", "<filter id=\"f\" filterUnits=\"userSpaceOnUse\" height=\"1e6px\"/>" },
        { "uses hidden from the count by a space", UseBomb(levels: 6).Replace("\"#", "\" #", StringComparison.Ordinal) },
        { "uses whose names stand for less in what is left out", "<metadata><g id=\"a0\"/><g id=\"a1\"/><g id=\"a2\"/><g id=\"a3\"/><g id=\"a4\"/></metadata>" + UseBomb(levels: 6) },
        { "uses that an animation shows", $"<g display=\"none\"><set attributeName=\"display\" to=\"inline\" begin=\"1s\"/>{UseBomb(levels: 6)}</g>" },
        { "patterns of patterns of patterns", PatternBomb(levels: 7) },
        { "a filter of more pixels than a picture may have, in inches", "<filter id=\"f\" filterUnits=\"userSpaceOnUse\" width=\"1e4in\"/>" },
        { "a wide brush", Filter("<feMorphology radius=\"1e9\"/>") },
    };

    public static TheoryData<string, string> Ordinary => new()
    {
        { "a pattern of symbols", UseBomb(levels: 2) },
        { "a shadow", Filter("<feGaussianBlur stdDeviation=\"2\"/><feOffset dx=\"1\"/><feMerge><feMergeNode/><feMergeNode in=\"SourceGraphic\"/></feMerge>") },
        { "a design with twenty shadows", string.Concat(Enumerable.Repeat(Filter("<feFlood/><feOffset dy=\"4\"/><feGaussianBlur stdDeviation=\"6\"/><feBlend in=\"SourceGraphic\"/>"), 20)) },
        { "a texture", Filter("<feTurbulence baseFrequency=\"0.1\" numOctaves=\"3\"/>") },
        { "cairo's text", "<defs><symbol id=\"g\"><path d=\"M1 0H4V-6H1Z\"/></symbol></defs>" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"<use xlink:href=\"#g\" x=\"{i % 90}\" y=\"9\"/>")) },
        { "half a million points in one path", $"<path d=\"M0 0{string.Concat(Enumerable.Repeat("h1v1", 245_000))}h-9v9\"/>" },
        { "fifty thousand shapes", string.Concat(Enumerable.Repeat("<rect width=\"1\" height=\"1\"/>", 50_000)) },
        { "a thousand shapes painted with one pattern", "<pattern id=\"p\" width=\"1\" height=\"1\"><path d=\"M0 0\"/><path d=\"M0 0\"/></pattern>" + string.Concat(Enumerable.Repeat("<rect width=\"1\" height=\"1\" fill=\"url(#p)\"/>", 1000)) },
        { "a use of nothing", "<use href=\"#nowhere\"/>" },
        { "one element used in two places", "<g id=\"a\"><rect width=\"1\" height=\"1\"/></g><use href=\"#a\"/><use xlink:href=\"#a\"/>" },
    };

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(TooMuch))]
    public async Task Too_complex_is_refused(string what, string inside)
    {
        Func<Task> act = () => HeaderAsync(inside);

        (await act.Should().ThrowAsync<InvalidImageException>(what)).Which.Code.Should().Be("image_too_complex");
    }

    [Theory]
    [MemberData(nameof(Ordinary))]
    public async Task Ordinary_is_taken(string what, string inside) => (await HeaderAsync(inside)).Size.Should().Be(new PixelSize(120, 80), what);

    private static string Filter(string steps) => $"<filter id=\"f\">{steps}</filter><rect width=\"1\" height=\"1\" filter=\"url(#f)\"/>";

    // Each level uses the one before ten times.
    private static string UseBomb(int levels)
    {
        StringBuilder inside = new("<defs><g id=\"a0\"><rect width=\"1\" height=\"1\"/></g>");
        for (int level = 1; level <= levels; level++)
        {
            inside.Append(null, $"<g id=\"a{level}\">{string.Concat(Enumerable.Repeat($"<use xlink:href=\"#a{level - 1}\"/>", 10))}</g>");
        }

        return inside.Append(null, $"</defs><use xlink:href=\"#a{levels}\"/>").ToString();
    }

    // Each tile is painted ten times with the one before.
    private static string PatternBomb(int levels)
    {
        StringBuilder inside = new("<pattern id=\"p0\" width=\"1\" height=\"1\"><rect width=\"1\" height=\"1\"/></pattern>");
        for (int level = 1; level <= levels; level++)
        {
            string rects = string.Concat(Enumerable.Repeat($"<rect width=\"1\" height=\"1\" style=\"fill:url(#p{level - 1})\"/>", 10));
            inside.Append(null, $"<pattern id=\"p{level}\" width=\"1\" height=\"1\">{rects}</pattern>");
        }

        return inside.Append(null, $"<rect width=\"1\" height=\"1\" fill=\"url(#p{levels})\"/>").ToString();
    }

    private Task<ImageHeader> HeaderAsync(string inside) =>
        _bench.Processor.ReadHeaderAsync(_bench.Folder.Write("drawing", Encoding.UTF8.GetBytes(Pictures.Svg(inside: inside))), ImageFormat.Svg, default);
}
