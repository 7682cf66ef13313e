using System.Diagnostics.CodeAnalysis;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.ImageSharp;
using ImageBackend.Infrastructure.Imaging.Libvips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>The engines that IMAGING_ENGINE chooses from. To add one, write a folder beside <c>Libvips</c> and a line here.</summary>
internal static class KnownEngines
{
    private const string OnlyTheDefault = "ImageBackend.OnlyTheDefaultEngine";

    /// <summary>The first is the default.</summary>
    public static IReadOnlyList<IImagingEngine> All { get; } = HasOnlyTheDefault ? [new LibvipsEngine()] : [new LibvipsEngine(), new ImageSharpEngine()];

    // So that the compiler of the native decoder (src/Decoder) leaves out the others, half of its size.
    [FeatureSwitchDefinition(OnlyTheDefault)]
    private static bool HasOnlyTheDefault => AppContext.TryGetSwitch(OnlyTheDefault, out bool isOn) && isOn;

    /// <summary>Whether the native decoder has this engine.</summary>
    public static bool IsNative(string name) => name == All[0].Name;

    public static IImagingEngine Of(string name) => All.First(engine => engine.Name == name);
}
