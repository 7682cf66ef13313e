using System.Diagnostics.Metrics;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>Counts how often pixels of an original are decoded: once per upload.</summary>
internal static class Decodes
{
    public const string MeterName = "ImageBackend.Imaging";

    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Count = Meter.CreateCounter<long>("images.decodes", description: "Decodes of originals");
}
