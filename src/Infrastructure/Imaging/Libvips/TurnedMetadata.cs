using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>Brings the orientation in a picture's metadata, and the previews in them, in line with pixels that were turned.</summary>
internal static class TurnedMetadata
{
    private const string Xmp = "xmp-data";

    private const string Photoshop = "iptc-data"; // Photoshop's blocks, including IPTC
    private const string Preview = "jpeg-thumbnail-data"; // of EXIF
    private const string PreviewDirectory = "exif-ifd1-"; // describes it

    /// <param name="image">Upright by its EXIF orientation, which is removed from it.</param>
    /// <returns>The same pixels; the caller disposes it.</returns>
    public static Image Of(Image image)
    {
        string[] gone = [.. image.GetFields().Where(field => field == Preview || field.StartsWith(PreviewDirectory, StringComparison.Ordinal))];
        byte[]? xmp = image.Contains(Xmp) ? TurnedXmp.Rewritten((byte[])image.Get(Xmp)) : null;
        byte[]? photoshop = image.Contains(Photoshop) ? PhotoshopResources.WithoutPreviews((byte[])image.Get(Photoshop)) : null;
        return image.Mutate(changes =>
        {
            foreach (string field in gone)
            {
                changes.Remove(field);
            }

            Replace(changes, Xmp, xmp);
            Replace(changes, Photoshop, photoshop);
        });
    }

    /// <param name="value">Null: leave the field as it is; empty: remove it.</param>
    private static void Replace(MutableImage image, string field, byte[]? value)
    {
        if (value is not null)
        {
            image.Remove(field);
        }

        if (value is { Length: > 0 })
        {
            image.Set(GValue.BlobType, field, value);
        }
    }
}
