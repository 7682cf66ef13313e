using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Reads pictures and makes thumbnails of them. File paths in, file paths out: it may work in another process.</summary>
/// <remarks>All files of one call are in one workspace, and are not to be touched, nor looked for, until it ends.</remarks>
public interface IImageProcessor
{
    /// <summary>Looks into a file that came from outside: its format, its header, and what its EXIF tells; no pixel is decoded.</summary>
    /// <remarks>A drawing is written anew with nothing in it but what draws: no script, no handler, no reference to anything outside of it.</remarks>
    /// <param name="path">Its first bytes say what it is; no decoder but that is tried.</param>
    /// <param name="sanitised">The file to write, of a drawing; null: drawings are not wanted, and not looked into.</param>
    /// <exception cref="InvalidImageException">Of no format that is taken, not readable, or past a limit.</exception>
    Task<Inspection> InspectAsync(string path, string? sanitised, CancellationToken cancellationToken);

    /// <summary>Reads the header of a picture that was stored, or made, and what its EXIF tells; no pixel is decoded.</summary>
    /// <param name="path">The picture's file.</param>
    /// <param name="format">What its name says; no other decoder is tried.</param>
    /// <exception cref="InvalidImageException">Not readable.</exception>
    Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken);

    /// <summary>Copies a picture without what must not be known. No pixel is decoded: what is broken is cut off there.</summary>
    /// <param name="format">JPEG, PNG or GIF.</param>
    /// <param name="what">Not <see cref="Stripping.None"/>.</param>
    /// <param name="destination">The file to write.</param>
    /// <exception cref="InvalidImageException">Past a limit.</exception>
    Task StripAsync(string path, ImageFormat format, Stripping what, string destination, CancellationToken cancellationToken);

    /// <summary>Makes all thumbnails with as few decodes of the original as possible: upright, sRGB, without metadata.</summary>
    /// <param name="crop">The area that the thumbnails show, in pixels of the upright picture (of each frame); null: all of it.</param>
    /// <param name="targets">Any specs in any formats, each file once. Only a GIF keeps an animation; other formats show its first frame.</param>
    /// <returns>The thumbnails' sizes, in the order of <paramref name="targets"/>.</returns>
    /// <exception cref="InvalidImageException">Not decodable to its end, or the crop lies wholly outside.</exception>
    Task<IReadOnlyList<PixelSize>> MakeThumbnailsAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken);

    /// <summary>Writes the picture itself anew: upright by its EXIF orientation, then turned. Its metadata stay, with orientation 1.</summary>
    /// <param name="format">JPEG, PNG or GIF (all frames). A JPEG is encoded at the quality and chroma of its source.</param>
    /// <param name="rotation">Null: upright is enough.</param>
    /// <param name="destination">The file to write.</param>
    /// <exception cref="InvalidImageException">Not decodable to its end.</exception>
    Task TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination, CancellationToken cancellationToken);
}

/// <param name="Format">By its bytes.</param>
/// <param name="Header">Of a drawing, as it was sanitised; null: it is one, and they are not wanted.</param>
/// <param name="IsAltered">Whether it is a drawing that looks different once it is sanitised, as far as can be told.</param>
public sealed record Inspection(ImageFormat Format, ImageHeader? Header, bool IsAltered = false);

/// <param name="Size">Of the upright picture (EXIF orientation applied), of one frame.</param>
/// <param name="Frames">1 unless animated.</param>
/// <param name="IsUpright">Whether the stored pixels are upright as they are: EXIF orientation 1, none, or none that is valid.</param>
/// <param name="IsInterlaced">Whether it is built up in passes (progressive JPEG, interlaced PNG): a decoder holds all of it in memory.</param>
/// <param name="Facts">What its EXIF tells; null: nothing.</param>
public sealed record ImageHeader(PixelSize Size, int Frames, bool IsUpright = true, bool IsInterlaced = false, PhotoFacts? Facts = null);

/// <param name="Path">The file to write; replaced if there.</param>
public sealed record ThumbnailTarget(ThumbnailSpec Spec, ImageFormat Format, string Path);
