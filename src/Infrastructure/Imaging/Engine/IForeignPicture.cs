using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>A photo on disk in a format that is not stored, whose header was read.</summary>
internal interface IForeignPicture
{
    /// <summary>Size of its main picture, upright.</summary>
    PixelSize Size { get; }

    /// <summary>The EXIF block, without a signature; null: there is none.</summary>
    byte[]? Exif { get; }

    /// <summary>What <see cref="Convert"/> takes at most.</summary>
    Need NeedToConvert();

    /// <summary>Writes its main picture as JPEG or PNG.</summary>
    /// <param name="into">As in <see cref="IImageProcessor.ConvertAsync"/>.</param>
    /// <param name="quality">Of a JPEG: 1 to 100.</param>
    void Convert(ImageFormat? into, int quality, string destination);
}
