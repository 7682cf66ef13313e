using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>The limits of an upload.</summary>
/// <param name="MaxBytes">The size of the file.</param>
/// <param name="MaxPixels">Width times height of one frame; half of it for a progressive JPEG or an interlaced PNG. All frames of an animation count together.</param>
/// <param name="MaxFrames">The frames of an animation.</param>
public sealed record UploadLimits(long MaxBytes, long MaxPixels, int MaxFrames)
{
    /// <summary>Whether an original that is not upright is stored upright; an upright one is never touched.</summary>
    public bool AutoOrientOriginal { get; init; }

    /// <summary>Whether drawings (SVG) are accepted and sanitised, or refused.</summary>
    public bool TakesDrawings { get; init; } = true;

    /// <summary>Pixels of one side, fixed: beyond it, encoders reach their limits (JPEG at 65,535) and a strip is not a photo.</summary>
    public const int MaxSide = 30_000;

    /// <summary>Bytes of a drawing, fixed: it is parsed and rendered from memory.</summary>
    public const int MaxDrawingBytes = 2_000_000;

    /// <param name="bytes">The file's size, as far as it was read: one byte more than the limit is enough.</param>
    /// <exception cref="InvalidImageException">It is empty or too large.</exception>
    internal void Check(long bytes)
    {
        if (bytes == 0)
        {
            throw new InvalidImageException(InvalidImageException.EmptyFile, "The file is empty.");
        }

        if (bytes > MaxBytes)
        {
            throw new InvalidImageException(
                InvalidImageException.FileTooLarge, $"The file is larger than the limit of {MaxBytes} bytes.", MaxBytes);
        }
    }

    /// <param name="bytes">The size of a photo after it was converted.</param>
    /// <exception cref="InvalidImageException">It is too large: no original is larger than an upload may be.</exception>
    internal void CheckConverted(long bytes, ImageFormat from)
    {
        if (bytes > MaxBytes)
        {
            throw new InvalidImageException(
                InvalidImageException.FileTooLarge, $"Converted from {from} to what is stored, the photo is larger than the limit of {MaxBytes} bytes.", MaxBytes, bytes);
        }
    }

    /// <exception cref="InvalidImageException">A limit is exceeded; the message names it and the actual value.</exception>
    internal void Check(ImageHeader header)
    {
        PixelSize size = header.Size;
        if (Math.Max(size.Width, size.Height) > MaxSide)
        {
            throw new InvalidImageException(
                InvalidImageException.TooManyPixels,
                $"The picture is {size} pixels; a side may have at most {MaxSide}.",
                MaxSide,
                Math.Max(size.Width, size.Height));
        }

        long maxPixels = header.IsInterlaced ? MaxPixels / 2 : MaxPixels;
        if (size.Pixels > maxPixels)
        {
            string kind = header.IsInterlaced ? " for a progressive or interlaced picture" : "";
            throw new InvalidImageException(
                InvalidImageException.TooManyPixels,
                $"The picture has {size.Pixels} pixels ({size}); the limit{kind} is {maxPixels}.",
                maxPixels,
                size.Pixels);
        }

        if (header.Frames > MaxFrames)
        {
            throw new InvalidImageException(
                InvalidImageException.TooManyFrames,
                $"The animation has {header.Frames} frames; the limit is {MaxFrames}.",
                MaxFrames,
                header.Frames);
        }

        if (header.Frames * size.Pixels > MaxPixels)
        {
            throw new InvalidImageException(
                InvalidImageException.TooManyPixels,
                $"The {header.Frames} frames of {size} have {header.Frames * size.Pixels} pixels; the limit for all together is {MaxPixels}.",
                MaxPixels,
                header.Frames * size.Pixels);
        }
    }
}
