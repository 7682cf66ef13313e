using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Foreign;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

internal sealed class ForeignPicture(ForeignFile file) : IForeignPicture
{
    // A lossy encoder leaves opaque pixels a level or two short, which nobody sees.
    private const int Opaque = 252;

    // What a segment of a JPEG holds, less the signature before it. What is longer is no camera's.
    private const int MaxSegment = 65_500;

    private const string ProfileField = "icc-profile-data";
    private const string OrientationField = "orientation";

    private static readonly string[] SegmentFields = ["exif-data", "xmp-data", "iptc-data"];

    public PixelSize Size => file.Orientation >= 5 ? new PixelSize(file.Decoded.Height, file.Decoded.Width) : file.Decoded;

    public byte[]? Exif => file.Exif;

    // Rows stream to the encoder, unless the picture must be turned, or its transparency looked at first.
    private bool IsHeld => file.HasAlpha || file.Orientation != 1;

    public Need NeedToConvert()
    {
        long copies = (IsHeld ? 1 : 0) + (file.Orientation != 1 ? 1 : 0);
        return FormatCodec.OnceBytes + file.BytesOfDecoder() + (file.Decoded.Pixels * file.BytesPerPixel * copies);
    }

    public void Convert(ImageFormat? into, int quality, string destination)
    {
        if (into != ImageFormat.Png && file.TryEncode(quality, destination, Tidied))
        {
            return;
        }

        using Image loaded = file.Load();
        using Image described = Described(loaded);
        using Image held = IsHeld ? described.CopyMemory() : described.Copy();
        using Image upright = held.Autorot();
        using Image tidy = TurnedMetadata.Of(upright);
        using Image plain = Plain(tidy);
        bool isTransparent = plain.HasAlpha() && IsTransparent(plain);
        using Image needed = plain.HasAlpha() && !isTransparent ? plain.ExtractBand(0, plain.Bands - 1) : plain.Copy();
        if (into == ImageFormat.Png || (into is null && isTransparent))
        {
            needed.Pngsave(destination, compression: 3, filter: Enums.ForeignPngFilter.All, keep: Enums.ForeignKeep.All);
            return;
        }

        using Image opaque = Pixels.OnWhite(needed);
        opaque.Jpegsave(destination, q: quality, subsampleMode: JpegChroma.Subsample(file.HasFullChroma), keep: Enums.ForeignKeep.All);
    }

    private Image Tidied(Image image)
    {
        using Image described = Described(image);
        return TurnedMetadata.Of(described);
    }

    private Image Described(Image image) => image.Mutate(changes =>
    {
        changes.Set(GValue.GIntType, OrientationField, file.Orientation);
        if (file.Colours is { Profile: { } profile, IsSrgb: false })
        {
            changes.Set(GValue.BlobType, ProfileField, profile);
        }

        foreach (string field in SegmentFields.Where(field => image.Contains(field) && ((byte[])image.Get(field)).Length > MaxSegment))
        {
            changes.Remove(field);
        }
    });

    // 8 bits. HDR loses its profile: no file of 8 bits could be read by it.
    private Image Plain(Image image)
    {
        if (file.Colours is { IsHdr: true })
        {
            using Image ordinary = image.IccTransform("srgb", embedded: true, depth: 8);
            return ordinary.Mutate(changes => changes.Remove(ProfileField));
        }

        if (image.Format != Enums.BandFormat.Ushort)
        {
            return image.Copy();
        }

        using Image rounded = image.Linear([1 / 256.0], [0.5], uchar: true);
        return rounded.Copy(interpretation: image.Interpretation == Enums.Interpretation.Grey16 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    private static bool IsTransparent(Image image)
    {
        using Image alpha = image.ExtractBand(image.Bands - 1);
        return alpha.Min() < Opaque;
    }
}
