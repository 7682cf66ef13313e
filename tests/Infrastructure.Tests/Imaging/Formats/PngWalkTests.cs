using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

/// <summary>What a PNG's chunks say before any of it is decoded.</summary>
public sealed class PngWalkTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string, byte[]> Bombs => new()
    {
        { "zTXt", [.. "Comment"u8, 0, 0, .. Deflated(4_000_001)] },
        { "iTXt", [.. "Comment"u8, 0, 1, 0, .. "en"u8, 0, .. "Comment"u8, 0, .. Deflated(4_000_001)] },
        { "iCCP", [.. "profile"u8, 0, 0, .. Deflated(4_000_001)] },
    };

    public static TheoryData<string, byte[]> Harmless => new()
    {
        { "zTXt", [.. "Comment"u8, 0, 0, .. Deflated(4_000_000)] },
        { "iCCP", [.. "profile"u8, 0, 0, .. Deflated(3_000_000)] },
        { "iTXt", [.. "Comment"u8, 0, 0, 0, .. "en"u8, 0, .. "Comment"u8, 0, .. "plain"u8] },
        { "iTXt", [.. "Comment"u8, 0, 1] },
        { "zTXt", [.. "Comment"u8, 0, 0, .. "no deflated data"u8] },
        { "zTXt", "no end of the keyword"u8.ToArray() },
        { "tEXt", [.. "Comment"u8, 0, .. new byte[100]] },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Metadata_that_inflate_past_the_limit_are_refused(string kind, byte[] content)
    {
        Func<Task> act = () => HeaderAsync(With((kind, content)));

        InvalidImageException refused = (await act.Should().ThrowAsync<InvalidImageException>()).Which;
        (refused.Code, refused.Limit).Should().Be(("image_too_complex", 4_000_000L));
    }

    [Fact]
    public async Task Metadata_of_several_chunks_count_together()
    {
        (string, byte[]) half = ("zTXt", [.. "Comment"u8, 0, 0, .. Deflated(2_000_001)]);

        await FluentActions.Invoking(() => HeaderAsync(With(half, half))).Should().ThrowAsync<InvalidImageException>();
        await FluentActions.Invoking(() => HeaderAsync(With(half))).Should().NotThrowAsync();
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task Other_metadata_are_taken(string kind, byte[] content) =>
        (await HeaderAsync(With((kind, content)))).Size.Should().Be(new PixelSize(40, 30));

    [Theory]
    [InlineData(12)] // the last chunk is missing
    [InlineData(5)]
    [InlineData(20)]
    public async Task One_that_is_cut_off_is_refused_by_its_header(int bytes)
    {
        Func<Task> act = () => HeaderAsync(Pictures.Png(40, 30)[..^bytes]);

        (await act.Should().ThrowAsync<InvalidImageException>()).Which.Code.Should().Be("broken_image");
    }

    [Fact]
    public async Task What_stands_behind_the_last_chunk_is_nobodys_business() =>
        (await HeaderAsync([.. Pictures.Png(40, 30), .. "PK"u8])).Size.Should().Be(new PixelSize(40, 30));

    private Task<ImageHeader> HeaderAsync(byte[] file) => _bench.Processor.ReadHeaderAsync(_bench.Folder.Write("picture", file), ImageFormat.Png, default);

    // After the header, which has 13 bytes.
    private static byte[] With(params (string Kind, byte[] Content)[] chunks)
    {
        const int AfterHeader = 8 + 8 + 13 + 4;
        byte[] png = Pictures.Png(40, 30);
        return [.. png[..AfterHeader], .. chunks.SelectMany(chunk => Chunk(chunk.Kind, chunk.Content)), .. png[AfterHeader..]];
    }

    private static byte[] Chunk(string kind, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(kind), .. content];
        byte[] chunk = [0, 0, 0, 0, .. named, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(named));
        return chunk;
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }

    private static byte[] Deflated(int bytes)
    {
        using MemoryStream stream = new();
        using (ZLibStream deflater = new(stream, CompressionLevel.Fastest))
        {
            deflater.Write(new byte[bytes]);
        }

        return stream.ToArray();
    }
}
