using ImageBackend.Application.Images;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Background;

/// <summary>When unpublished uploads are removed.</summary>
/// <param name="Interval">Time between two passes of the HTTP service; zero: it never removes any.</param>
/// <param name="TimeToLive">How long an upload waits to be published.</param>
public sealed record CleaningSettings(TimeSpan Interval, TimeSpan TimeToLive)
{
    /// <summary>Anything younger may be an upload or publish in progress.</summary>
    public static readonly TimeSpan MinTimeToLive = UnderWay.MaxTime;

    /// <param name="expiresByItself">Whether the storage itself removes what was not published in time.</param>
    internal static CleaningSettings Read(SettingsReader variables, bool expiresByItself) => new(
        variables.Duration(
            "CLEAN_INTERVAL",
            expiresByItself ? TimeSpan.Zero : TimeSpan.FromMinutes(15),
            TimeSpan.Zero,
            "How often the service removes uploads that were not published in time, such as `90s`, `15m`, `2h`, `7d`; 0: never (`images clean` does it too).",
            shownDefault: "15m with local folders; 0 with S3, whose lifecycle rules do it"),
        variables.Duration("INCOMING_TTL", TimeSpan.FromHours(2), MinTimeToLive, "How long an upload waits to be published. 10m at least."));
}
