using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Describe;

/// <param name="Bytes">0 if it is missing.</param>
/// <param name="Size">In pixels; null: it is missing or can't be read.</param>
/// <param name="Reason">Why it is not current, for people; null if it is.</param>
public sealed record DescribedThumbnail(string Suffix, ImageKey Key, long Bytes, PixelSize? Size, ThumbnailState State, string? Reason);

public enum ThumbnailState
{
    /// <summary>Made as the settings say.</summary>
    Current,

    /// <summary>Made by another recipe, or nobody knows which.</summary>
    Stale,
    Missing,
}
