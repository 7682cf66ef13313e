using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>One original on disk whose header was read. Pixels follow on demand.</summary>
internal interface IPicture
{
    /// <summary>Size of one frame, upright.</summary>
    PixelSize Size { get; }

    /// <summary>1 unless it is an animation whose frames can be read.</summary>
    int Frames { get; }

    bool IsUpright { get; }

    /// <summary>Whether it is built up in passes; if so, a decoder holds all of it in memory.</summary>
    bool IsInterlaced { get; }

    /// <summary>The EXIF block, without a signature; null: there is none.</summary>
    byte[]? Exif { get; }

    /// <summary>Why it can't be turned; null: it can be.</summary>
    string? WhyNotTurned { get; }

    /// <summary>What <see cref="Make"/> takes at most for several works, one after the other.</summary>
    Need NeedToMake(IReadOnlyList<ThumbnailWork> works);

    /// <summary>Decodes the picture once and writes thumbnails.</summary>
    /// <exception cref="InvalidImageException">An encoder refuses the picture.</exception>
    MadeWork Make(ThumbnailWork work, CancellationToken cancellationToken);

    /// <summary>Decodes the first frame, made so small that it fits a square; a smaller one stays as it is.</summary>
    /// <param name="side">Pixels of the square's side.</param>
    /// <returns>Upright, in sRGB.</returns>
    RgbaSample Sample(int side, CancellationToken cancellationToken);

    /// <summary>What <see cref="Turn"/> takes at most.</summary>
    Need NeedToTurn();

    /// <summary>Writes the picture upright and turned, with its metadata, encoded as the file itself was.</summary>
    /// <param name="rotation">After it was brought upright; null: none.</param>
    void Turn(Rotation? rotation, string destination);
}

/// <param name="Sizes">Of each thumbnail.</param>
/// <param name="Sample">Of the first frame of the smallest; null if it is not wanted.</param>
internal sealed record MadeWork(IReadOnlyDictionary<ThumbnailTarget, PixelSize> Sizes, RgbaSample? Sample);
