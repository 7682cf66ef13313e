using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>What an upload may be at most.</summary>
/// <param name="MaxBytes">Of the file.</param>
/// <param name="MaxPixels">Width times height of one frame; half of it for a progressive JPEG or an interlaced PNG. Of an animation all frames count together.</param>
/// <param name="MaxFrames">Of an animation.</param>
public sealed record UploadLimits(long MaxBytes, long MaxPixels, int MaxFrames)
{
    /// <summary>Whether an original that stands on its side is stored upright; one that is upright is never touched.</summary>
    public bool AutoOrientOriginal { get; init; }

    /// <summary>Whether drawings (SVG) are taken, and sanitised, or refused.</summary>
    public bool TakesDrawings { get; init; } = true;

    /// <summary>Pixels of one side, fixed: past it the arithmetic of encoders ends (JPEG at 65,535) and a strip is no photo.</summary>
    public const int MaxSide = 30_000;

    /// <summary>Bytes of a drawing, fixed: it is parsed, and rendered, from memory.</summary>
    public const int MaxDrawingBytes = 2_000_000;

    /// <param name="bytes">Of the file, as far as it was read: one more than the limit is enough.</param>
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

    /// <exception cref="InvalidImageException">One is passed; the message names it and the actual value.</exception>
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
            string kind = header.IsInterlaced ? " for one that is built up in passes" : "";
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
