using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Libvips;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>A picture that an encoder refuses is not a fault of the disk, and a fault of the disk is not a fault of the picture.</summary>
/// <remarks>Alone: libvips has the words of its last error once for a whole process, and another test takes them away. A worker does one job at a time.</remarks>
[Collection(BytesReadTests.Alone)]
public sealed class EncoderLimitTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string, int, int, int, int> Strips => new()
    {
        { "webp", 16_383, 8, 16_383, 8 },
        { "webp", 16_384, 8, 16_383, 8 },
        { "webp", 30_000, 60, 16_383, 33 },
        { "webp", 60, 30_000, 33, 16_383 },
        { "webp", 30_000, 1, 16_383, 1 },
        { "avif", 16_384, 8, 16_384, 8 },
        { "avif", 30_000, 60, 16_384, 33 },
        { "avif", 1, 30_000, 1, 16_384 },
        { "jpg", 30_000, 60, 30_000, 60 },
        { "png", 60, 30_000, 60, 30_000 },
        { "gif", 30_000, 2, 30_000, 2 },
    };

    [Theory]
    [MemberData(nameof(Strips))]
    public async Task A_thumbnail_is_as_large_as_its_format_allows(string format, int width, int height, int expectedWidth, int expectedHeight)
    {
        ThumbnailSpec spec = new("XL", Geometry.Parse("30000x30000>"), extent: null, quality: 50) { Avif = new ModernEncoder(30, 0), WebP = new ModernEncoder(30, 0) };
        ImageFormat.TryFromExtension(format, out ImageFormat? target).Should().BeTrue();
        ThumbnailTarget[] targets = [new(spec, target!, _bench.Folder.File("made"))];

        IReadOnlyList<PixelSize> sizes = (await _bench.Processor.MakeThumbnailsAsync(
            _bench.Folder.Write("original", Pictures.Png(width, height)), ImageFormat.Png, null, targets, default)).Sizes;

        sizes.Should().Equal(new PixelSize(expectedWidth, expectedHeight));
        byte[] file = File.ReadAllBytes(targets[0].Path);
        file.Should().NotBeEmpty();
        if (target!.IsUploaded)
        {
            Look.SizeOf(file).Should().Be((expectedWidth, expectedHeight));
        }
    }

    [Theory]
    [InlineData("unable to call webpsave\nwebpsave: image too large\n", false)]
    [InlineData("unable to call heifsave\nheifsave: image too large\n", false)]
    [InlineData("write error\nunix error: No space left on device\n", true)]
    [InlineData("write error\nunix error: Input/output error\n", true)]
    [InlineData("unable to open\nunix error: No such file or directory\n", true)]
    public void The_words_of_libvips_tell_one_from_the_other(string words, bool isOfDisk) =>
        (VipsFaults.DiskFaultIn(new VipsException(words)) is not null).Should().Be(isOfDisk);

    [FactThatMounts]
    public async Task A_full_disk_is_told_as_such_by_every_encoder()
    {
        using Image noise = Pictures.Noise(700, 500);
        string photo = _bench.Folder.Write("photo", noise.PngsaveBuffer());
        string animation = _bench.Folder.Write("animation", Animation());
        string full = _bench.Folder.Folder("full");
        using SmallDisk disk = new(full, "16k");
        foreach (ImageFormat format in new[] { ImageFormat.Jpeg, ImageFormat.Png, ImageFormat.Gif, ImageFormat.WebP, ImageFormat.Avif })
        {
            ThumbnailTarget target = new(ThumbnailSet.Default.Specs[0], format, Path.Combine(full, $"made.{format}"));
            await ShouldBeFullAsync(() => _bench.Processor.MakeThumbnailsAsync(photo, ImageFormat.Png, null, [target], default), format.ToString());
            File.Delete(target.Path);
        }

        ThumbnailTarget copied = new(ThumbnailSet.Default.Specs[0], ImageFormat.Gif, Path.Combine(full, "copied.gif"));
        await ShouldBeFullAsync(() => _bench.Processor.MakeThumbnailsAsync(animation, ImageFormat.Gif, null, [copied], default), "a copy");
        File.Delete(copied.Path);
        string turned = Path.Combine(full, "turned");
        await ShouldBeFullAsync(() => _bench.Processor.TurnAsync(photo, ImageFormat.Png, Rotation.Clockwise, turned, default), "a turned PNG");
        File.Delete(turned);
        await ShouldBeFullAsync(() => _bench.Processor.TurnAsync(animation, ImageFormat.Gif, Rotation.Clockwise, turned, default), "a turned animation");
    }

    private static async Task ShouldBeFullAsync(Func<Task> act, string what) =>
        (await act.Should().ThrowAsync<StorageException>(what)).Which.IsFull.Should().BeTrue(what);

    private static byte[] Animation()
    {
        using Image noise = Pictures.Noise(300, 800);
        using Image frames = noise.Mutate(tags => tags.Set(GValue.GIntType, "page-height", 200));
        return frames.GifsaveBuffer();
    }
}
