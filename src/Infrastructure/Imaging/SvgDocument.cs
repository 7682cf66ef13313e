using System.Globalization;
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

    // Each works on all pixels of a region of its own size; icons and diagrams have one or two shadows.
    private const int MaxFilterPrimitives = 12;
    private const int MaxOctaves = 8;
    private const int MaxRadius = 100;

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
        int primitives = 0;
        SvgExpansion expansion = new();
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
                expansion.Enter(reader);
                Require(uses += reader.LocalName == "use" ? 1 : 0, MaxUses, "<use> elements");
                Require(primitives += IsPrimitive(reader.LocalName) ? 1 : 0, MaxFilterPrimitives, "filter steps");
                Require(NumberOf(reader, "numOctaves"), MaxOctaves, "octaves of turbulence");
                Require(Math.Max(NumberOf(reader, "radius"), NumberOf(reader, "stdDeviation")), MaxRadius, "pixels of radius in a filter");
            }

            Require(expansion.Count(), MaxElements, "elements once every <use> is filled in");
        }
        catch (XmlException exception)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The drawing is not well-formed XML.", inner: exception);
        }
    }

    // feBlend, feTurbulence and so on, but not their parts.
    private static bool IsPrimitive(string name) =>
        name.StartsWith("fe", StringComparison.Ordinal) && name is not ("feMergeNode" or "feFuncR" or "feFuncG" or "feFuncB" or "feFuncA" or "feDistantLight" or "fePointLight" or "feSpotLight");

    // The largest of one or two numbers, rounded up.
    private static int NumberOf(XmlReader reader, string attribute) =>
        !reader.LocalName.StartsWith("fe", StringComparison.Ordinal) || reader.GetAttribute(attribute) is not { } text ? 0
        : text.Split([' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? (int)Math.Min(int.MaxValue, Math.Ceiling(number)) : 0)
            .DefaultIfEmpty()
            .Max();

    private static void Require(int count, int limit, string what)
    {
        if (count > limit)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The drawing has more {what} than the limit of {limit}.", limit);
        }
    }
}
