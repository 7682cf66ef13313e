using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Png;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.Metadata.Profiles.Xmp;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>Rewrites an original upright and turned, with its metadata.</summary>
internal static class SharpTurner
{
    /// <param name="rotation">After it was brought upright; null: none.</param>
    public static void Turn(SharpSource source, Rotation? rotation, string destination)
    {
        using Image image = source.DecodeAsStored(CancellationToken.None);
        Canvas.BringUpright(image, source.Orientation);
        if (rotation is not null)
        {
            Canvas.Turn(image, rotation);
        }

        SharpFaults.InReading(() => Correct(image.Metadata), CancellationToken.None);
        IImageEncoder encoder = EncoderOf(source, image);
        if (source.Profile is { } profile)
        {
            SaveWithProfile(image, encoder, profile, destination);
            return;
        }

        SharpEncoder.Save(image, destination, encoder);
    }

    // This version of the library writes no colours into a PNG.
    private static void SaveWithProfile(Image image, IImageEncoder encoder, byte[] profile, string destination)
    {
        string bare = destination + ".bare";
        SharpEncoder.Save(image, bare, encoder);
        using (FileStream source = new(bare, FileMode.Open, FileAccess.Read, FileShare.Read))
        using (FileStream file = new(destination, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            PngProfile.Insert(source, file, profile);
        }

        File.Delete(bare);
    }

    private static IImageEncoder EncoderOf(SharpSource source, Image image) =>
        source.Format == ImageFormat.Jpeg ? new JpegEncoder { Quality = source.Quality, ColorType = ColoursOf(source) }
        : source.Format == ImageFormat.Png ? new PngEncoder { ColorType = ColoursOf(image.Metadata.GetPngMetadata()), CompressionLevel = PngCompressionLevel.Level6 }
        : SharpEncoder.GifOf((Image<Rgba32>)image);

    private static JpegColorType ColoursOf(SharpSource source) =>
        source.IsGrey ? JpegColorType.Luminance : source.HasFullChroma ? JpegColorType.YCbCrRatio444 : JpegColorType.YCbCrRatio420;

    // A palette would be chosen anew.
    private static PngColorType? ColoursOf(PngMetadata metadata) => metadata.ColorType == PngColorType.Palette ? PngColorType.RgbWithAlpha : metadata.ColorType;

    private static ImageMetadata Correct(ImageMetadata metadata)
    {
        // The writer of EXIF leaves out the preview by itself. Written once before, so that values that can't be are the picture's fault.
        metadata.ExifProfile?.RemoveValue(ExifTag.Orientation);
        _ = metadata.ExifProfile?.ToByteArray();
        if (metadata.XmpProfile is { } xmp && TurnedXmp.Rewritten(xmp.ToByteArray()) is { } rewritten)
        {
            metadata.XmpProfile = rewritten.Length == 0 ? null : new XmpProfile(rewritten);
        }

        return metadata;
    }
}
