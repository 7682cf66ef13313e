using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>What this service knows of one format of originals.</summary>
internal abstract class FormatCodec
{
    public abstract ImageFormat Format { get; }

    /// <param name="file">Seekable, at its start. Whatever it holds.</param>
    /// <returns>The EXIF block, without a signature; null: there is none, or this format has none.</returns>
    public virtual byte[]? FindExif(Stream file) => null;

    /// <summary>Copies a picture without what must not be known. No pixel is decoded: what is broken is cut off there.</summary>
    /// <param name="source">Seekable, at its start.</param>
    /// <param name="what">Not <see cref="Stripping.None"/>.</param>
    public abstract void Strip(Stream source, Stream destination, Stripping what);
}
