using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.ImageSharp;
using ImageBackend.Infrastructure.Imaging.Libvips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>The engines that IMAGING_ENGINE chooses from. To add one, write a folder beside <c>Libvips</c> and a line here.</summary>
internal static class KnownEngines
{
    /// <summary>The first is the default.</summary>
    public static IReadOnlyList<IImagingEngine> All { get; } = [new LibvipsEngine(), new ImageSharpEngine()];

    public static IImagingEngine Of(string name) => All.First(engine => engine.Name == name);
}
