namespace ImageBackend.Domain;

/// <summary>How large a thumbnail can be, whatever the settings say.</summary>
public static class ThumbnailLimits
{
    public const int MaxPixels = 100_000_000;

    /// <summary>Limit of the longer side, in pixels.</summary>
    public const int MaxSide = 30_000;
}
