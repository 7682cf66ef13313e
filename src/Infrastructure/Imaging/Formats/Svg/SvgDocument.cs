using System.Xml;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>Reads a drawing's file and keeps only what draws; a renderer never sees anything else.</summary>
internal static class SvgDocument
{
    // Size of the file, before and after. A drawing is rendered from memory, so it has no address from which to read its neighbours.
    private const int MaxBytes = UploadLimits.MaxDrawingBytes;

    /// <returns>The sanitised document: <see cref="SvgSanitiser"/>.</returns>
    /// <exception cref="InvalidImageException">Not a drawing, broken, or over a limit.</exception>
    public static async Task<SvgCopy> ReadAsync(string path, SvgForm form, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        RequireSmall(file.Length);
        byte[] document = new byte[file.Length];
        await file.ReadExactlyAsync(document, cancellationToken);
        try
        {
            SvgCopy copy = SvgSanitiser.Clean(SvgText.Read(document), form);
            if (form == SvgForm.Stored)
            {
                RequireSmall(copy.Content.Length); // entities and other encodings make it longer
            }

            return copy;
        }
        catch (XmlException exception)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, $"The drawing is not well-formed XML: {exception.Message}", inner: exception);
        }
    }

    /// <param name="length">Size of the file in bytes.</param>
    /// <exception cref="InvalidImageException">It exceeds the limit.</exception>
    public static void RequireSmall(long length)
    {
        if (length > MaxBytes)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The drawing has {length} bytes; the limit for SVG is {MaxBytes}.", MaxBytes, length);
        }
    }
}
