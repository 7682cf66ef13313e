using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

internal static class KeptCropExtensions
{
    /// <returns>The crop that is kept with an original; null when there is none.</returns>
    public static CropArea? StoredCrop(this StoredImage original) =>
        CropArea.TryParse(original.Properties.Crop, out CropArea? crop) ? crop : null;
}
