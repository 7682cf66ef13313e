using System.Globalization;
using ImageBackend.Domain;
using ImageBackend.Testing;
using NetVips;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>One decode per upload, measured by the kernel's counters: nothing else runs meanwhile.</summary>
[Collection(Alone)]
public sealed class BytesReadTests : IDisposable
{
    public const string Alone = "alone in the process";

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Of_a_large_file_are_hardly_more_than_it_has()
    {
        ImageFormat format = ImageFormat.Png; // JPEG and GIF are mapped into memory, which is not counted
        using Image noise = Pictures.Noise(1800, 1200);
        byte[] file = noise.PngsaveBuffer(compression: 0);
        string path = _bench.Folder.Write("original", file);
        await _bench.Processor.MakeThumbnailsAsync(path, format, null, _bench.Targets(format), default); // loads code and fonts
        long before = BytesRead();

        await _bench.Processor.ReadHeaderAsync(path, format, default);
        await _bench.Processor.MakeThumbnailsAsync(path, format, null, _bench.Targets(format), default);

        long read = BytesRead() - before;
        read.Should().BeGreaterThan(file.Length * 9 / 10, "else this does not measure what it should");
        read.Should().BeLessThan(file.Length * 17 / 10);
    }

    // Of all threads, by read and similar calls.
    private static long BytesRead() => long.Parse(
        File.ReadLines("/proc/self/io").First(line => line.StartsWith("rchar: ", StringComparison.Ordinal)).AsSpan(7), CultureInfo.InvariantCulture);
}

[CollectionDefinition(BytesReadTests.Alone, DisableParallelization = true)]
public sealed class AloneInTheProcess;
