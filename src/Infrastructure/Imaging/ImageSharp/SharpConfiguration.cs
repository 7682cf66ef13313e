using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

internal static class SharpConfiguration
{
    /// <summary>Reads only what originals may be. Jobs run side by side, one thread each.</summary>
    public static SixLabors.ImageSharp.Configuration Settings { get; } = new(new JpegConfigurationModule(), new PngConfigurationModule(), new GifConfigurationModule())
    {
        MaxDegreeOfParallelism = 1,
        MemoryAllocator = new PixelMemory(),
    };
}
