using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

/// <summary>Some markers of a JPEG have no length. A reader that takes the next bytes for a length skips what the decoder sees.</summary>
public sealed class JpegMarkersWithoutLengthTests
{
    // As libjpeg's read_markers() skips them: TEM, the restarts, and fill bytes before any marker.
    public static TheoryData<byte[]> PassedOver =>
    [
        [0xFF, 0x01], [0xFF, 0xD0], [0xFF, 0xD3], [0xFF, 0xD7], [0xFF], [0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0x01], [0xFF, 0x00], [0x00, 0x12], [0xFF, 0x01, 0xFF, 0x01],
    ];

    [Theory]
    [MemberData(nameof(PassedOver))]
    public void Are_passed_over_by_the_decoder(byte[] marker)
    {
        byte[] file = Progressive();
        int last = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        using Image plain = Image.JpegloadBuffer(file, failOn: Enums.FailOn.Error);
        using Image marked = Image.JpegloadBuffer([.. file[..last], .. marker, .. file[last..]]);

        (marked - plain).Abs().Max().Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(PassedOver))]
    [InlineData(new byte[] { 0xFF, 0xD8 })] // ends a decode, after what came before
    public void Hide_no_scans(byte[] marker)
    {
        FluentActions.Invoking(() => Walks.ThroughJpeg(WithScans(900, marker))).Should().Throw<InvalidImageException>().Which.Limit.Should().Be(JpegWalk.MaxScans);
    }

    [Theory]
    [MemberData(nameof(PassedOver))]
    public void Hide_no_place_from_the_stripper(byte[] marker)
    {
        byte[] photo = Pictures.OrientedJpeg(64, 48, 6, gps: true);
        using MemoryStream source = new(Pictures.InsertAfterStart(photo, marker));
        using MemoryStream stripped = new();

        new JpegCodec().Strip(source, stripped, Stripping.Gps);

        Walks.FactsOf(source.ToArray(), ImageFormat.Jpeg).Gps.Should().NotBeNull();
        Walks.FactsOf(stripped.ToArray(), ImageFormat.Jpeg).Gps.Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(PassedOver))]
    public void Hide_no_quality(byte[] marker)
    {
        using Image image = Pictures.Quadrants(64, 48);
        byte[] photo = image.JpegsaveBuffer(q: 61);

        Walks.ThroughJpeg(Pictures.InsertAfterStart(photo, marker)).Quality.Should().Be(61);
    }

    private static byte[] Progressive()
    {
        using Image image = Pictures.Quadrants(120, 80);
        return image.JpegsaveBuffer(interlace: true);
    }

    // The last scan, repeated after each marker; decoders take it for a refinement.
    private static byte[] WithScans(int scans, byte[] marker)
    {
        byte[] file = Progressive();
        byte[] scan = file[file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA])..^2];
        return [.. file[..^2], .. Enumerable.Repeat<byte[]>([.. marker, .. scan], scans).SelectMany(bytes => bytes), .. file[^2..]];
    }
}
