using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Images whose WebP and AVIF thumbnails are to be made in the background.</summary>
/// <remarks>
/// Nothing is lost with it: an image's original stays in incoming until all its thumbnails are in active, and the
/// reconciler finds it there.
/// </remarks>
public interface IModernBacklog
{
    /// <summary>Asks for an image's turn; at once, and safe to repeat. When too many wait it is left to the reconciler.</summary>
    void Add(ImageKey original);
}
