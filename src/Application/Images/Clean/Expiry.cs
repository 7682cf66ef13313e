using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Clean;

/// <summary>How old an upload is.</summary>
internal static class Expiry
{
    /// <summary>The later of the key's time and the object's date counts: a copy or a restore makes an object young again, and a wrong clock makes no upload old.</summary>
    public static bool HasPassed(ImageKey key, DateTimeOffset writtenAt, TimeSpan timeToLive, DateTimeOffset now) => BornAt(key, writtenAt, now) < now - timeToLive;

    /// <returns>When an upload's time to live began.</returns>
    // A time in the future is not a time, but a number from an older site.
    public static DateTimeOffset BornAt(ImageKey key, DateTimeOffset writtenAt, DateTimeOffset now) =>
        key.MintedAt is { } minted && minted > writtenAt && minted <= now ? minted : writtenAt;
}
