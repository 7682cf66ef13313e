using System.Text;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>The pixels decide whether a drawing looks different once it is sanitised.</summary>
public sealed class AlteredDrawingTests : IDisposable
{
    private readonly Workbench _bench = new();

    public static TheoryData<string> Unaltered =>
    [
        "<rect width='9' height='9' fill='red'/>",
        "<!-- EVIL --><metadata>m</metadata><rect width='9' height='9' fill='red' onclick='x()' data-name='y'/><script>x()</script>",
        "<style>@import url(http://example.org/x.css); @font-face{font-family:x;src:url(x.woff)} rect{fill:red;-webkit-x:1;unknown:weird(2)}</style><rect width='9' height='9'/>",
        "<style>rect{fill:red} rect|x{fill:blue} %{fill:green}</style><rect width='9' height='9'/>",
        "<rect width='9' height='9' style='fill:red;fill:weird(blue)'/>",
        "<a href='http://example.org'><rect width='9' height='9'/></a>",
        "<image href='http://example.org/x.png' width='9' height='9'/>",
        "<use href='http://example.org/x.svg#a'/>",
        "<switch><foreignObject width='9' height='9'/><text y='20'>x</text></switch>",
        "<g class='\\75rl(x)'><rect width='9' height='9'/></g>",
    ];

    public static TheoryData<string> Altered =>
    [
        "<style>rect{width:60px;height:30px;fill:red}</style><rect width='9' height='9'/>",
        "<rect width='9' height='9' fill='url(http://example.org/#a) red'/>",
        "<style>@import url(data:text/css,rect%7Bfill:red%7D);</style><style>rect{fill:url(data:image/svg+xml,x)}</style><rect width='9' height='9'/>",
        "<style>rect{mask:url(d\\61 ta:image/svg+xml,x)}</style><rect width='9' height='9'/>",
        "<style>@font-face{font-family:x;src:url(data:font/woff2;base64,AAAA)} text{font-family:x}</style><text y='20'>x</text>",
        "<style>@supports (fill:red){rect{fill:red}}</style><rect width='9' height='9'/>",
        "<style>g{rect{fill:red}}</style><g><rect width='9' height='9'/></g>",
        "<foreignObject width='9' height='9'><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='data:image/webp;base64,UklGRiIAAABXRUJQVlA4' width='9' height='9'/>",
    ];

    public void Dispose() => _bench.Dispose();

    [Theory]
    [MemberData(nameof(Unaltered))]
    public async Task It_is_not_where_what_was_left_out_does_not_show(string inside) => (await IsAlteredAsync(inside)).Should().BeFalse();

    [Theory]
    [MemberData(nameof(Altered))]
    public async Task It_is_where_something_that_shows_was_left_out(string inside) => (await IsAlteredAsync(inside)).Should().BeTrue();

    [Fact]
    public async Task What_is_not_well_formed_is_refused_by_its_reason()
    {
        Func<Task> act = () => IsAlteredAsync("<rect>");

        (await act.Should().ThrowAsync<InvalidImageException>().WithMessage("*not well-formed XML: *rect*")).Which.Code.Should().Be("broken_image");
    }

    private async Task<bool> IsAlteredAsync(string inside) =>
        (await _bench.Processor.InspectAsync(Write(inside), _bench.Folder.File($"clean-{Guid.NewGuid():N}"), default)).IsAltered;

    private string Write(string inside) => _bench.Folder.Write(
        Guid.NewGuid().ToString("N"), Encoding.UTF8.GetBytes($"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'>{inside}</svg>"));
}
