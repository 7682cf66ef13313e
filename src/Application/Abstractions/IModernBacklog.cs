using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Images whose WebP and AVIF thumbnails are to be made in the background.</summary>
/// <remarks>
/// Losing it loses nothing: an image's original stays in incoming until all its thumbnails are in active, and the
/// reconciler finds it there.
/// </remarks>
public interface IModernBacklog
{
    /// <summary>Queues an image; returns immediately, safe to repeat. When too many wait, the image is left to the reconciler.</summary>
    void Add(ImageKey original);
}
