using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Web.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ImageBackend.Web.Hosting;

/// <summary>Says at start what is configured and whether it works, in lines of the log. No secret is among it.</summary>
internal static class StartScreen
{
    private const double Mega = 1_000_000;

    /// <param name="service">Started, its decoders too.</param>
    public static async Task ShowAsync(WebApplication service)
    {
        BackendSettings settings = service.Services.GetRequiredService<BackendSettings>();
        ILogger logger = service.Logger;
        logger.LogInformation("ImageBackend {Version}", ProgramVersion.Text);
        logger.LogInformation(
            "Published images are in {Active}, temp files in {Temp}; uploads that nobody publishes are removed {Removed}",
            settings.Storage.Backend.ActivePlace,
            settings.TempFolder.FullName,
            settings.Cleaning.Interval > TimeSpan.Zero ? $"after {settings.Cleaning.TimeToLive.TotalHours:0.##} hours" : "by the storage's own rules, or by `images clean`");
        logger.LogInformation(
            "Thumbnails: {Sizes}, in {Formats}",
            string.Join(", ", settings.Thumbnails.Specs.Select(spec => spec.Suffix)),
            string.Join(", ", settings.Thumbnails.ModernFormats.Select(format => format.ToString()).Prepend("the original's format")));
        logger.LogInformation(
            "Uploads: {Formats}, up to {Megabytes} MB, {Megapixels} megapixels and {Frames} frames",
            (settings.Imaging.Conversion with { Formats = await service.Services.GetRequiredService<IConvertedFormats>().FindAsync(CancellationToken.None) }).AcceptedNames,
            settings.Limits.MaxBytes / Mega,
            settings.Limits.MaxPixels / Mega,
            settings.Limits.MaxFrames);
        HealthReport report = await service.Services.GetRequiredService<Readiness>().CheckAsync(CancellationToken.None);
        foreach ((string name, HealthReportEntry check) in report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy))
        {
            logger.LogWarning("Check of {Name}: {Problem}", name, check.Description);
        }

        if (report.Status == HealthStatus.Healthy)
        {
            logger.LogInformation("Storage, decoders and free space are checked: all work");
        }
    }
}
