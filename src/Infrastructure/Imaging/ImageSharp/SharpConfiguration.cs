using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Memory;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

internal static class SharpConfiguration
{
    // More than any one buffer that admission can let through; a file that asks for more lies about its size.
    private const int MaxBufferMegabytes = 4_000;

    /// <summary>Reads only what originals may be. Jobs run side by side, one thread each, and give memory back at once.</summary>
    public static SixLabors.ImageSharp.Configuration Settings { get; } = new(new JpegConfigurationModule(), new PngConfigurationModule(), new GifConfigurationModule())
    {
        MaxDegreeOfParallelism = 1,
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { MaximumPoolSizeMegabytes = 8, AllocationLimitMegabytes = MaxBufferMegabytes }),
    };
}
