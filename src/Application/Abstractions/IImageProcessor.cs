using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>Reads pictures and makes thumbnails of them. File paths in, file paths out: it may work in another process.</summary>
/// <remarks>All files of one call are in one workspace, and must not be touched or looked for until it ends.</remarks>
public interface IImageProcessor
{
    /// <summary>The imaging library, as recipes name it; null: the default one.</summary>
    string? Engine { get; }

    /// <summary>Inspects a file that came from outside: its format, its header, and what its EXIF says; no pixel is decoded.</summary>
    /// <remarks>A drawing is rewritten with nothing in it except what draws: no script, no handler, no reference to anything outside it.</remarks>
    /// <param name="path">Its first bytes say which format it is; no other decoder is tried.</param>
    /// <param name="sanitised">The file to write a drawing to; null if drawings are not wanted, and then they are not inspected.</param>
    /// <exception cref="InvalidImageException">The format is not accepted, the file is not readable, or a limit is exceeded.</exception>
    Task<Inspection> InspectAsync(string path, string? sanitised, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a JPEG or a PNG of a photo in a format that is not stored: of its main picture, upright, with 8 bits, its metadata and its
    /// colour profile.
    /// </summary>
    /// <param name="format">One of <see cref="ImageFormat.Converted"/>, as <see cref="InspectAsync"/> has found it.</param>
    /// <param name="into">JPEG, on white if it is transparent; or PNG. Null: PNG if any of it is transparent.</param>
    /// <param name="destination">The file to write; its bytes say which of the two it is.</param>
    /// <exception cref="InvalidImageException">The picture can't be decoded to its end, or needs too much for that.</exception>
    Task ConvertAsync(string path, ImageFormat format, ImageFormat? into, string destination, CancellationToken cancellationToken);

    /// <summary>Reads the header of a stored or newly made picture, and what its EXIF says; no pixel is decoded.</summary>
    /// <param name="path">The picture's file.</param>
    /// <param name="format">The format that its name says; no other decoder is tried.</param>
    /// <exception cref="InvalidImageException">The picture is not readable.</exception>
    Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken);

    /// <summary>Copies a picture without the metadata to be stripped. No pixel is decoded: a broken one is cut off where it breaks.</summary>
    /// <param name="format">JPEG, PNG or GIF.</param>
    /// <param name="what">Not <see cref="Stripping.None"/>.</param>
    /// <param name="destination">The file to write.</param>
    /// <exception cref="InvalidImageException">A limit is exceeded.</exception>
    Task StripAsync(string path, ImageFormat format, Stripping what, string destination, CancellationToken cancellationToken);

    /// <summary>Makes all thumbnails with as few decodes of the original as possible: upright, sRGB, without metadata.</summary>
    /// <param name="crop">The area that the thumbnails show, in pixels of the upright picture (of each frame); null for all of it.</param>
    /// <param name="targets">Any specs in any formats, each file once. Only a GIF keeps an animation; other formats show its first frame.</param>
    /// <exception cref="InvalidImageException">The picture can't be decoded to its end, or the crop lies entirely outside it.</exception>
    Task<MadePictures> MakeThumbnailsAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken);

    /// <summary>Makes a placeholder of a stored thumbnail: of its first frame.</summary>
    /// <returns>As in <see cref="MadePictures"/>.</returns>
    /// <exception cref="InvalidImageException">It can't be decoded to its end.</exception>
    Task<string> HashAsync(string path, ImageFormat format, CancellationToken cancellationToken);

    /// <summary>Rewrites the picture itself: upright by its EXIF orientation, then turned. Its metadata is kept, with orientation 1.</summary>
    /// <param name="format">JPEG, PNG or GIF (all frames). A JPEG is encoded at the quality and chroma of its source.</param>
    /// <param name="rotation">Null to make it upright only.</param>
    /// <param name="destination">The file to write.</param>
    /// <exception cref="InvalidImageException">The picture can't be decoded to its end.</exception>
    Task TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination, CancellationToken cancellationToken);
}

/// <param name="Format">Detected from its bytes. One of <see cref="ImageFormat.Converted"/> if the photo must be converted.</param>
/// <param name="Header">For a drawing, that of the sanitised file; null if it is a drawing and they are not wanted.</param>
/// <param name="IsAltered">Whether it is a drawing that looks different once it is sanitised, as far as can be told.</param>
public sealed record Inspection(ImageFormat Format, ImageHeader? Header, bool IsAltered = false);

/// <param name="Size">The size of one frame of the upright picture (EXIF orientation applied).</param>
/// <param name="Frames">1 unless animated.</param>
/// <param name="IsUpright">Whether the stored pixels are upright as they are: EXIF orientation 1, none, or none that is valid.</param>
/// <param name="IsInterlaced">Whether it builds up in passes (progressive JPEG, interlaced PNG): a decoder holds all of it in memory.</param>
/// <param name="Facts">What its EXIF says; null if nothing.</param>
public sealed record ImageHeader(PixelSize Size, int Frames, bool IsUpright = true, bool IsInterlaced = false, PhotoFacts? Facts = null);

/// <param name="Sizes">In the order in which they were asked for.</param>
/// <param name="ThumbHash">A placeholder of the smallest of them in a format of originals, in Base64; null: there is none in such a format.</param>
public sealed record MadePictures(IReadOnlyList<PixelSize> Sizes, string? ThumbHash);

/// <param name="Path">The file to write; replaced if it exists.</param>
public sealed record ThumbnailTarget(ThumbnailSpec Spec, ImageFormat Format, string Path);
