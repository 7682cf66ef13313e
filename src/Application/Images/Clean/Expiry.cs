using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Clean;

/// <summary>How old an upload is.</summary>
internal static class Expiry
{
    /// <summary>The younger of the key's time and the object's date: a copy or a restore makes an object young again, a clock that was wrong makes no upload old.</summary>
    public static bool HasPassed(ImageKey key, DateTimeOffset writtenAt, TimeSpan timeToLive, DateTimeOffset now)
    {
        // A time to come is none: some number of an older site.
        DateTimeOffset born = key.MintedAt is { } minted && minted > writtenAt && minted <= now ? minted : writtenAt;
        return born < now - timeToLive;
    }
}
