using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>The eight ways in which EXIF says that stored pixels must be turned or mirrored to be upright.</summary>
internal static class Orientation
{
    /// <param name="part">Part of the upright picture.</param>
    /// <param name="upright">Size of the upright picture.</param>
    /// <param name="orientation">1 to 8.</param>
    /// <returns>Where the part is in the stored pixels.</returns>
    public static PixelRect ToStored(PixelRect part, PixelSize upright, int orientation)
    {
        (int x, int y, int width, int height) = (part.X, part.Y, part.Width, part.Height);
        int fromRight = upright.Width - x - width;
        int fromBottom = upright.Height - y - height;
        return orientation switch
        {
            2 => new PixelRect(fromRight, y, width, height), // mirrored
            3 => new PixelRect(fromRight, fromBottom, width, height), // upside down
            4 => new PixelRect(x, fromBottom, width, height), // upside down and mirrored
            5 => new PixelRect(y, x, height, width), // rows are columns
            6 => new PixelRect(y, fromRight, height, width), // turned to the left
            7 => new PixelRect(fromBottom, fromRight, height, width), // turned and mirrored
            8 => new PixelRect(fromBottom, x, height, width), // turned to the right
            _ => part,
        };
    }
}
