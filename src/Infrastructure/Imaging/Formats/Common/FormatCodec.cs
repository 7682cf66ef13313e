using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>All that this service knows of one format of originals.</summary>
internal abstract class FormatCodec
{
    /// <summary>Code, tables and buffers, whatever the picture is: bytes of memory.</summary>
    public const long OnceBytes = 16_000_000;

    public abstract ImageFormat Format { get; }

    /// <summary>libvips' class of loaders for it. Those that no format names are closed.</summary>
    public abstract string Loader { get; }

    /// <param name="head">The file's first bytes, or all of it: 16 are enough.</param>
    public abstract bool HasSignature(ReadOnlySpan<byte> head);

    /// <summary>What it takes at most to parse a file, before any pixel is decoded.</summary>
    /// <param name="isDrawn">Whether a drawing is given to the renderer, or sanitised only.</param>
    /// <returns>Bytes of memory.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public virtual long BytesToParse(string path, bool isDrawn) => OnceBytes;

    /// <summary>Goes through a file by the rules of its format, then reads its header.</summary>
    /// <exception cref="InvalidImageException">The file is cut off, or past a limit.</exception>
    /// <exception cref="NetVips.VipsException">The header is broken.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public abstract Task<SourceFile> OpenAsync(string path, CancellationToken cancellationToken);

    /// <summary>Copies a picture without what must not be known. No pixel is decoded: what is broken is cut off there.</summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="what">Not <see cref="Stripping.None"/>.</param>
    public abstract void Strip(Stream source, Stream destination, Stripping what);
}
