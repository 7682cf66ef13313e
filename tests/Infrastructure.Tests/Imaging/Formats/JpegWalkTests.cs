using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

public sealed class JpegWalkTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_progressive_photo_is_taken_and_told_as_such()
    {
        (await _bench.MakeAsync(Progressive(), ImageFormat.Jpeg)).Header.IsInterlaced.Should().BeTrue();
        (await _bench.MakeAsync(Pictures.Jpeg(120, 80), ImageFormat.Jpeg)).Header.IsInterlaced.Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interlaced_PNG_is_told_as_such(bool isInterlaced)
    {
        using Image image = Pictures.Quadrants(120, 80);

        Made made = await _bench.MakeAsync(image.PngsaveBuffer(interlace: isInterlaced), ImageFormat.Png);

        made.Header.IsInterlaced.Should().Be(isInterlaced);
    }

    [Fact]
    public async Task Hundreds_of_scans_are_refused_before_decoding()
    {
        byte[] bomb = WithScans(900);
        string path = _bench.Folder.Write("bomb", bomb);

        Func<Task> act = () => _bench.Processor.ReadHeaderAsync(path, ImageFormat.Jpeg, default);

        InvalidImageException refused = (await act.Should().ThrowAsync<InvalidImageException>()).Which;
        refused.Code.Should().Be("image_too_complex");
        refused.Limit.Should().Be(JpegWalk.MaxScans);
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public void The_limit_is_exact(int scans, bool isRefused)
    {
        Action act = () => Walks.ThroughJpeg(WithScans(scans));

        act.Should().NotThrowOrThrow(isRefused);
    }

    // A video after a phone's photo contains the two bytes that begin a scan by chance, and a preview has scans of its own.
    [Fact]
    public void What_is_not_the_picture_does_not_count()
    {
        byte[] marks = [.. Enumerable.Repeat<byte[]>([0xFF, 0xDA, 0, 8], 500).SelectMany(bytes => bytes)];
        byte[] preview = Pictures.InsertAfterStart(Progressive(), [.. Enumerable.Repeat(Pictures.Segment(0xE2, marks), 3).SelectMany(bytes => bytes)]);

        FluentActions.Invoking(() => Walks.ThroughJpeg(preview)).Should().NotThrow();
        FluentActions.Invoking(() => Walks.ThroughJpeg([.. Progressive(), .. marks])).Should().NotThrow();
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xDA })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xDA, 0 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xDA, 0, 0, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF, 1 })]
    public void What_is_cut_off_is_left_to_the_decoder(byte[] file) =>
        FluentActions.Invoking(() => Walks.ThroughJpeg(file)).Should().NotThrow();

    private static byte[] Progressive()
    {
        using Image image = Pictures.Quadrants(120, 80);
        return image.JpegsaveBuffer(interlace: true);
    }

    // The last scan, repeated: every decoder takes it for a refinement.
    private static byte[] WithScans(int scans)
    {
        byte[] file = Progressive();
        int first = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        int last = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        int there = 0;
        for (int at = first; at >= 0 && at <= last; there++)
        {
            int next = file.AsSpan(at + 2).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
            at = next < 0 ? -1 : at + 2 + next;
        }

        byte[] scan = file[last..^2];
        return [.. file[..^2], .. Enumerable.Repeat(scan, scans - there).SelectMany(bytes => bytes), .. file[^2..]];
    }
}

internal static class Throwing
{
    public static void NotThrowOrThrow(this FluentAssertions.Specialized.ActionAssertions action, bool throws)
    {
        if (throws)
        {
            action.Throw<InvalidImageException>();
        }
        else
        {
            action.NotThrow();
        }
    }
}
