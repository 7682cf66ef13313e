using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>Everything that this service knows about one format of originals.</summary>
internal abstract class FormatCodec
{
    /// <summary>Memory for code, tables and buffers, whatever the picture: bytes.</summary>
    public const long OnceBytes = 16_000_000;

    public abstract ImageFormat Format { get; }

    /// <summary>libvips' class of loaders for it. Loaders that no format names are blocked.</summary>
    public abstract string Loader { get; }

    /// <param name="head">The file's first bytes, or the whole file: 16 are enough.</param>
    public abstract bool HasSignature(ReadOnlySpan<byte> head);

    /// <summary>What parsing a file takes at most, before any pixel is decoded.</summary>
    /// <param name="isDrawn">Whether a drawing is given to the renderer, rather than only sanitised.</param>
    /// <returns>Bytes of memory.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public virtual long BytesToParse(string path, bool isDrawn) => OnceBytes;

    /// <summary>Walks through a file by the rules of its format, then reads its header.</summary>
    /// <exception cref="InvalidImageException">The file is cut off, or exceeds a limit.</exception>
    /// <exception cref="NetVips.VipsException">The header is broken.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public abstract Task<SourceFile> OpenAsync(string path, CancellationToken cancellationToken);

    /// <summary>Copies a picture without its private metadata. No pixel is decoded; a broken file is cut off at the fault.</summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="what">Not <see cref="Stripping.None"/>.</param>
    public abstract void Strip(Stream source, Stream destination, Stripping what);
}
