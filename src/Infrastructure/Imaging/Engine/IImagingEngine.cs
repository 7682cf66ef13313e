using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>A library that decodes and encodes pictures. <c>KnownEngines</c> lists all of them.</summary>
internal interface IImagingEngine
{
    /// <summary>As in IMAGING_ENGINE.</summary>
    string Name { get; }

    /// <summary>The formats of originals that it reads.</summary>
    IReadOnlyList<ImageFormat> Originals { get; }

    /// <summary>The formats of thumbnails that it makes besides those of originals.</summary>
    IReadOnlyList<ImageFormat> ModernFormats { get; }

    /// <summary>The formats of photos that it converts, some of <see cref="ImageFormat.Converted"/>.</summary>
    IReadOnlyList<ImageFormat> Converted { get; }

    /// <summary>Whether it writes JPEG files that build up in passes.</summary>
    bool EncodesProgressiveJpeg { get; }

    /// <summary>Sets the library up, before its first use in this process.</summary>
    void EnsureReady();

    /// <summary>Tries to read files in formats that it must not read.</summary>
    /// <param name="folder">For files to try; the caller removes them.</param>
    /// <param name="converted">Those of <see cref="Converted"/> that it may read.</param>
    /// <returns>The name of a file that was read; null: none was.</returns>
    string? FindOpenDecoder(string folder, IReadOnlyList<ImageFormat> converted);

    /// <summary>Tries to read a small file of each format that is to be converted.</summary>
    /// <param name="folder">For files to try; the caller removes them.</param>
    /// <returns>The first format that can't be read; null: all can.</returns>
    ImageFormat? FindClosedDecoder(string folder, Conversion conversion);

    /// <summary>Checks a file by the rules of its format and reads its header. No pixel is decoded.</summary>
    /// <param name="format">One of <see cref="Originals"/>.</param>
    /// <exception cref="InvalidImageException">The file is cut off, or exceeds a limit.</exception>
    Task<IPicture> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken);

    /// <summary>Checks a photo by the rules of its format and reads its header. No pixel is decoded.</summary>
    /// <param name="format">One of <see cref="Converted"/>.</param>
    /// <param name="heicDecoder">Not null if the format is HEIC.</param>
    IForeignPicture OpenForeign(string path, ImageFormat format, DecoderProgram? heicDecoder);

    /// <returns>What .NET would have thrown if the disk is at fault; null: it is not.</returns>
    Exception? DiskFaultIn(Exception exception);

    /// <returns>Whether an exception of the library says that the picture is broken.</returns>
    bool IsOfPicture(Exception exception);
}
