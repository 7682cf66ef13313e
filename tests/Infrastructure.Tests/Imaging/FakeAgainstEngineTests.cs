using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>The real processor gives the same answers as the fake one that tests of the requests use.</summary>
public sealed class FakeAgainstEngineTests : IDisposable
{
    private static readonly ThumbnailSpec[] Specs =
    [
        .. ThumbnailSet.Default.Specs,
        new GeometryCase(["-crop", "50%x50%+10+5", "-resize", "150%"]).ToSpec("P"),
        new GeometryCase(["-resize", "100x100", "-gravity", "center", "-extent", "120x90"]).ToSpec("E"),
        new("XL", Geometry.Parse("20000x20!"), extent: null, quality: 50),
    ];

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("300x200+10+20")]
    [InlineData("300x200-10-20")]
    [InlineData("600x400+5000+0")]
    public async Task Both_make_the_same_sizes_or_refuse(string? crop)
    {
        FakeImageProcessor fake = new() { Header = new ImageHeader(new PixelSize(620, 410), 1) };
        string file = _bench.Folder.Write("original", Pictures.Jpeg(620, 410));

        (PixelSize[] Sizes, string? Refusal) real = await TryAsync(_bench.Processor);
        (PixelSize[] Sizes, string? Refusal) faked = await TryAsync(fake);

        faked.Refusal.Should().Be(real.Refusal);
        faked.Sizes.Should().Equal(real.Sizes);

        async Task<(PixelSize[], string?)> TryAsync(IImageProcessor processor)
        {
            ThumbnailTarget[] targets =
            [
                .. from format in new[] { ImageFormat.Jpeg, ImageFormat.WebP }
                   from spec in Specs
                   select new ThumbnailTarget(spec, format, _bench.Folder.File($"{spec.Suffix}.{format}")),
            ];
            try
            {
                return ([.. (await processor.MakeThumbnailsAsync(file, ImageFormat.Jpeg, crop is null ? null : CropArea.Parse(crop), targets, default)).Sizes], null);
            }
            catch (InvalidImageException refusal)
            {
                return ([], refusal.Code);
            }
        }
    }
}
