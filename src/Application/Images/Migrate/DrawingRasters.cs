using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Migrate;

/// <summary>Older migrations knew a drawing by its raster, which the old site kept beside it.</summary>
internal sealed class DrawingRasters(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails)
{
    private static readonly ImageFormat[] Formats = [ImageFormat.Jpeg, ImageFormat.Png];

    /// <summary>Removes a drawing's rasters, with those of their thumbnails whose keys differ from the drawing's.</summary>
    /// <exception cref="StorageException">The drawing is incomplete; its rasters stay.</exception>
    // A raster is removed after its thumbnails: as long as it is there, the next run picks up what was cut off here.
    public async Task RemoveAsync(ImageKey drawing, CropArea? crop, CancellationToken cancellationToken)
    {
        foreach (ImageFormat format in Formats)
        {
            ImageKey raster = ImageKey.Parse($"{drawing.Stem}.{format}");
            if (!await stores.Active.ExistsAsync(raster, cancellationToken))
            {
                continue;
            }

            if (await stores.Active.FindAsync(drawing, cancellationToken) is not { Bytes: > 0 }
                || (await thumbnails.FindMissingAsync(drawing, crop, drawing.Format.ThumbnailFormat, stores.Active, cancellationToken)).Count > 0)
            {
                throw new StorageException(ImageStores.ActiveName, $"{drawing} was written but is incomplete; {raster} is kept.");
            }

            await stores.Active.DeleteAllAsync([.. set.AllKeysOf(raster).Except(set.AllKeysOf(drawing)), raster], cancellationToken);
        }
    }
}
