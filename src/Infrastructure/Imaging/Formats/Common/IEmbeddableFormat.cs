using ImageBackend.Domain;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>A photo format that may be embedded in a drawing.</summary>
internal interface IEmbeddableFormat
{
    ImageFormat Format { get; }

    /// <inheritdoc cref="FormatCodec.HasSignature"/>
    bool HasSignature(ReadOnlySpan<byte> head);

    /// <param name="file">The whole file.</param>
    /// <returns>Its header; the caller disposes it.</returns>
    /// <exception cref="VipsException">It is broken.</exception>
    Image ReadHeader(byte[] file);

    /// <returns>Bytes of memory that a decoder takes per pixel.</returns>
    int BytesToDecodePixel(Image header);
}
