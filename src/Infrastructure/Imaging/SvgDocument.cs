using System.Xml;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Reads a drawing's XML to its end before a renderer sees it: well-formed, without entities, and of bounded size.</summary>
internal static class SvgDocument
{
    /// <summary>Bytes of the file. A drawing is rendered from memory, so that it has no address to read its neighbours from.</summary>
    public const int MaxBytes = 2_000_000;

    private const int MaxDepth = 200;
    private const int MaxElements = 50_000;
    private const int MaxUses = 1_000;

    /// <returns>The whole document.</returns>
    /// <exception cref="InvalidImageException">Broken, or past a limit.</exception>
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
        await CheckAsync(document);
        return document;
    }

    private static async Task CheckAsync(byte[] document)
    {
        int elements = 0;
        int uses = 0;
        try
        {
            using MemoryStream stream = new(document, writable: false);
            using XmlReader reader = XmlReader.Create(stream, new XmlReaderSettings
            {
                Async = true,
                DtdProcessing = DtdProcessing.Ignore, // a reference to an entity is then an error
                XmlResolver = null,
                MaxCharactersInDocument = MaxBytes,
            });
            while (await reader.ReadAsync())
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                Require(++elements, MaxElements, "elements");
                Require(reader.Depth, MaxDepth, "nested elements");
                Require(uses += reader.LocalName == "use" ? 1 : 0, MaxUses, "<use> elements");
            }
        }
        catch (XmlException exception)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The drawing is not well-formed XML.", inner: exception);
        }
    }

    private static void Require(int count, int limit, string what)
    {
        if (count > limit)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The drawing has more {what} than the limit of {limit}.", limit);
        }
    }
}
