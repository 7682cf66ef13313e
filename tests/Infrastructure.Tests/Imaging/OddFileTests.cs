using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>Legitimate files that deviate from the standard, and files that only look so.</summary>
public sealed class OddFileTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<bool, bool> Jpegs => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Jpegs))]
    public async Task A_JPEG_that_lacks_only_its_end_is_whole(bool isProgressive, bool hasHalfChroma)
    {
        byte[] whole = Jpeg(isProgressive, hasHalfChroma);
        whole[^2..].Should().Equal(0xFF, 0xD9);

        Made made = await _bench.MakeAsync(whole[..^2], ImageFormat.Jpeg);

        Made expected = await _bench.MakeAsync(whole, ImageFormat.Jpeg);
        made.Header.Should().Be(expected.Header);
        made.Files.Zip(expected.Files).Should().AllSatisfy(pair => pair.First.Should().Equal(pair.Second));
        string turned = _bench.Folder.File("turned");
        await _bench.Processor.TurnAsync(_bench.Folder.Write("original", whole[..^2]), ImageFormat.Jpeg, Rotation.Clockwise, turned, default);
        Look.SizeOf(File.ReadAllBytes(turned)).Should().Be((400, 600));
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public async Task A_JPEG_that_is_cut_off_anywhere_else_is_refused(bool isProgressive, bool hasHalfChroma)
    {
        byte[] whole = Jpeg(isProgressive, hasHalfChroma);
        List<int> cuts = [.. Enumerable.Range(1, 19).Select(i => whole.Length * i / 20)];
        cuts.AddRange([whole.Length - 40, whole.Length - 12]);
        // Between two scans nothing breaks off, but what the other scans would have contained is missing.
        cuts.AddRange(Enumerable.Range(0, whole.Length - 1).Where(at => whole[at] == 0xFF && whole[at + 1] == 0xDA));
        cuts.AddRange(Enumerable.Range(0, whole.Length - 1).Where(at => isProgressive && whole[at] == 0xFF && whole[at + 1] == 0xC4));
        foreach (int cut in cuts.Where(cut => cut < whole.Length - 2))
        {
            Func<Task> act = () => _bench.MakeAsync(whole[..cut], ImageFormat.Jpeg);

            (await act.Should().ThrowAsync<InvalidImageException>("cut off at {0} of {1}", cut, whole.Length)).Which.Code.Should().Be("broken_image");
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 20)]
    [InlineData(620, 409)]
    [InlineData(800, 600)]
    [InlineData(3000, 3000)]
    public async Task A_copied_GIF_has_a_screen_as_large_as_its_frames(int width, int height)
    {
        byte[] gif = Pictures.AnimatedGif(620, 410, [100, 100, 100], 0);
        BinaryPrimitives.WriteUInt16LittleEndian(gif.AsSpan(6), (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(gif.AsSpan(8), (ushort)height);

        Made made = await _bench.MakeAsync(gif, ImageFormat.Gif);

        made.Files.Zip(made.Sizes).Should().AllSatisfy(pair =>
        {
            BinaryPrimitives.ReadUInt16LittleEndian(pair.First.AsSpan(6)).Should().Be((ushort)pair.Second.Width);
            BinaryPrimitives.ReadUInt16LittleEndian(pair.First.AsSpan(8)).Should().Be((ushort)pair.Second.Height);
        });
        made.Sizes[0].Should().Be(made.Header.Size);
    }

    [Fact]
    public async Task A_GIF_whose_frames_have_no_colours_is_encoded_not_copied()
    {
        using Image image = Pictures.Quadrants(620, 410);
        byte[] gif = image.GifsaveBuffer(dither: 0);
        int table = 3 * (2 << (gif[10] & 7));
        byte[] bare = [.. gif[..10], (byte)(gif[10] & 0x7F), .. gif[11..13], .. gif[(13 + table)..]];

        Func<Task<Made>> act = () => _bench.MakeAsync(bare, ImageFormat.Gif);

        Made made = await act(); // with the colours that libvips makes up
        bool hasTable = (made.Big[10] & 0x80) != 0 || (made.Big[Array.IndexOf(made.Big, (byte)0x2C) + 9] & 0x80) != 0;
        hasTable.Should().BeTrue();
    }

    [Fact]
    public async Task An_animated_PNG_has_thumbnails_of_its_first_picture_and_is_not_turned()
    {
        byte[] png = Pictures.InsertAfterHeader(Pictures.Png(620, 410), Pictures.Chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0]));

        Made made = await _bench.MakeAsync(png, ImageFormat.Png);
        Func<Task> turn = () => _bench.Processor.TurnAsync(
            _bench.Folder.Write("animated", png), ImageFormat.Png, Rotation.Clockwise, _bench.Folder.File("turned"), default);

        Look.AtQuadrants(made.Big).ShouldLookLike(Pictures.QuadrantColours);
        InvalidImageException refusal = (await turn.Should().ThrowAsync<InvalidImageException>()).Which;
        (refusal.Code, refusal.Message).Should().Be(("bad_rotation", "An animated PNG can't be turned: only one of its pictures would be left."));
        File.Exists(_bench.Folder.File("turned")).Should().BeFalse();
    }

    private static byte[] Jpeg(bool isProgressive, bool hasHalfChroma)
    {
        using Image noise = Pictures.Noise(600, 400);
        return noise.JpegsaveBuffer(interlace: isProgressive, subsampleMode: hasHalfChroma ? Enums.ForeignSubsample.On : Enums.ForeignSubsample.Off);
    }
}
