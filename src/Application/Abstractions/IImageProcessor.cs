using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Reads pictures and makes thumbnails of them. File paths in, file paths out: it may work in another process.</summary>
public interface IImageProcessor
{
    /// <summary>Reads the header alone; no pixel is decoded.</summary>
    /// <param name="path">The picture's file.</param>
    /// <param name="format">What its first bytes say; no other decoder is tried.</param>
    /// <exception cref="InvalidImageException">Not readable.</exception>
    Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken);

    /// <summary>Makes all thumbnails with one decode of the original: upright, sRGB, without metadata.</summary>
    /// <returns>The thumbnails' sizes, in the order of <paramref name="targets"/>.</returns>
    /// <exception cref="InvalidImageException">Not decodable to its end.</exception>
    Task<IReadOnlyList<PixelSize>> MakeThumbnailsAsync(
        string path, ImageFormat format, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken);
}

/// <param name="Size">Of the upright picture (EXIF orientation applied), of one frame.</param>
/// <param name="Frames">1 unless animated.</param>
public sealed record ImageHeader(PixelSize Size, int Frames);

/// <param name="Path">The file to write; replaced if there.</param>
public sealed record ThumbnailTarget(ThumbnailSpec Spec, ImageFormat Format, string Path);
