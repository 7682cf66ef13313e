using System.Globalization;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>What this machine must agree in with others to share a run.</summary>
public static class RunSettings
{
    /// <param name="migrates">Whether the old site counts, too.</param>
    public static SharedSettings Of(BackendSettings settings, bool migrates)
    {
        Dictionary<string, string> facts = new()
        {
            ["the version"] = ProgramVersion.Text,
            [SharedSettings.Storages] = settings.Storage.Backend.Identity,
            ["Cache-Control"] = settings.Storage.CacheControl,
            ["how thumbnails are made (RESIZING_CONFIG, GENERATE_WEBP and others)"] = SharedSettings.HashOf(string.Join('\n', ThumbnailFacts(settings))),
            ["what originals may be (MAX_UPLOAD_BYTES, MAX_PIXELS, MAX_FRAMES, STRIP_ORIGINAL and others)"] = Text(
                $"{settings.Limits.MaxBytes} {settings.Limits.MaxPixels} {settings.Limits.MaxFrames} {settings.Limits.AutoOrientOriginal} {settings.Limits.TakesDrawings} {settings.Privacy.Strip}"),
        };
        if (migrates)
        {
            facts["the old site"] = $"{settings.V5.Database} {settings.V5.Originals} {(settings.V5.NewestFirst ? "newest" : "oldest")} first{(settings.V5.Ledger is { } ledger ? $", ledger {ledger}" : "")}";
        }

        return new SharedSettings(facts);
    }

    /// <returns>The queue of images whose WebP and AVIF are left to workers; those with other settings serve another one.</returns>
    public static string ModernQueueOf(BackendSettings settings) => $"images-modern-{Of(settings, migrates: false).Hash}";

    private static IEnumerable<string> ThumbnailFacts(BackendSettings settings) =>
        from spec in settings.Thumbnails.Specs
        from format in ImageFormat.All
        select $"{spec.Suffix} {Recipe.Of(spec, format, engine: settings.Imaging.EngineInRecipes)} {settings.Thumbnails.ModernFormats.Contains(format)}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
