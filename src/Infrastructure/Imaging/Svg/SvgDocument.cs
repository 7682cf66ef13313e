using System.Xml;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Svg;

/// <summary>Reads a drawing's file as nothing but what draws; a renderer never sees anything else.</summary>
internal static class SvgDocument
{
    /// <summary>Bytes of the file. A drawing is rendered from memory, so that it has no address to read its neighbours from.</summary>
    public const int MaxBytes = 2_000_000;

    /// <returns>The sanitised document: <see cref="SvgSanitiser"/>.</returns>
    /// <exception cref="InvalidImageException">No drawing, broken, or past a limit.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.Length > MaxBytes)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The drawing has {file.Length} bytes; the limit for SVG is {MaxBytes}.", MaxBytes, file.Length);
        }

        byte[] document = new byte[file.Length];
        await file.ReadExactlyAsync(document, cancellationToken);
        try
        {
            return SvgSanitiser.Clean(document);
        }
        catch (XmlException exception)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The drawing is not well-formed XML.", inner: exception);
        }
    }
}
