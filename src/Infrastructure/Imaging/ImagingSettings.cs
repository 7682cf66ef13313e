using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Imaging;

/// <param name="DecodeWorkers">Pictures decoded at once, 1 to 256.</param>
public sealed record ImagingSettings(int DecodeWorkers)
{
    internal static ImagingSettings Read(SettingsReader variables) => new(
        variables.Number("DECODE_WORKERS", Environment.ProcessorCount, 1, 256, "Pictures decoded at once.", shownDefault: "the number of cores"));
}
