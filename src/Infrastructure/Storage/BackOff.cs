namespace ImageBackend.Infrastructure.Storage;

/// <summary>How long background work waits for a server to come back.</summary>
public static class BackOff
{
    /// <summary>Pauses before the second try, the third …: a minute in total, by which time a restarting server is back.</summary>
    public static IReadOnlyList<TimeSpan> AMinute { get; } = [.. new[] { 1, 2, 4, 8, 16, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds))];
}
