namespace ImageBackend.Infrastructure.Storage;

/// <summary>How long work that nobody waits for lets a server come back.</summary>
public static class BackOff
{
    /// <summary>Pauses before the second try, the third …: a minute in all, by which a server that restarts is back.</summary>
    public static IReadOnlyList<TimeSpan> AMinute { get; } = [.. new[] { 1, 2, 4, 8, 16, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds))];
}
