using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>
/// HEIC: a container like AVIF's, which libvips reads, around a picture that it does not decode. That is done by another program.
/// </summary>
internal sealed class HeicFile : HeifFile
{
    // What `heif-convert` takes, measured: to a JPEG 81 MB for 12 megapixels and 248 MB for 49, to a PNG half as much again.
    private const long OnceBytesToJpeg = 32_000_000;
    private const int BytesPerPixelToJpeg = 5;
    private const long OnceBytes = 60_000_000;
    private const int BytesPerDecodedPixel = 6;

    private const int MatrixOfJpeg = 6; // BT.601, which 5 is too
    private const int MatrixOfJpegToo = 5;
    private const int UnspecifiedMatrix = 2; // decoders take that of JPEG

    private static readonly string[] Metadata = ["exif-data", "xmp-data", "iptc-data", "icc-profile-data"];

    private readonly HeifConvert _decoder;

    private HeicFile(string path, HeifWalk walk, Image header, HeifConvert decoder)
        : base(path, walk, header) => _decoder = decoder;

    // Its JPEGs have the colour of every second pixel only, its numbers as they are encoded, whatever they mean.
    private bool IsLikeJpeg => Walk is { HasAlpha: false, HasFullChroma: false, Bits: 8 } && Orientation == 1 && Colours is not { IsHdr: true }
        && (Walk.Codes ?? Walk.StreamCodes) is { IsFullRange: true, Matrix: MatrixOfJpeg or MatrixOfJpegToo or UnspecifiedMatrix };

    /// <inheritdoc cref="HeifFile.Open"/>
    public static HeicFile Open(string path, HeifConvert decoder)
    {
        (HeifWalk walk, Image header) = Look(path);
        using (header)
        {
            return new HeicFile(path, walk, header, decoder);
        }
    }

    public override long BytesOfDecoder() => new FileInfo(Path).Length + (IsLikeJpeg
        ? OnceBytesToJpeg + (Decoded.Pixels * BytesPerPixelToJpeg)
        : OnceBytes + (Decoded.Pixels * (BytesPerDecodedPixel + BytesPerPixel)));

    // Slow, since it is compressed; but no numbers are lost.
    public override Image Load()
    {
        string pixels = Path + ".decoded.png";
        _decoder.Run(Alone(), pixels);
        using Image header = base.Load();
        Dictionary<string, byte[]> described = DescriptionOf(header);
        using Image loaded = Image.Pngload(pixels, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
        RequireSize(loaded);
        return loaded.Mutate(changes =>
        {
            foreach (string field in Metadata.Where(loaded.Contains))
            {
                changes.Remove(field);
            }

            foreach ((string field, byte[] value) in described)
            {
                changes.Set(GValue.BlobType, field, value);
            }
        });
    }

    public override bool TryEncode(int quality, string destination, Func<Image, Image> describe)
    {
        if (!IsLikeJpeg)
        {
            return false;
        }

        // Encoded once, from the numbers that were decoded.
        string picture = Path + ".decoded.jpg";
        _decoder.Run(Alone(), picture, "-q", quality.ToString(CultureInfo.InvariantCulture));
        using (Image made = Image.Jpegload(picture))
        {
            RequireSize(made);
        }

        string head = Path + ".description.jpg";
        WriteHead(head, describe);
        using FileStream described = Read(head);
        using FileStream pixels = Read(picture);
        using FileStream joined = new(destination, FileMode.Create, FileAccess.Write, FileShare.None);
        JpegJoiner.Join(described, pixels, joined);
        return true;

        static FileStream Read(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
    }

    // A black picture of the same size, with all metadata as libvips writes them.
    private void WriteHead(string destination, Func<Image, Image> describe)
    {
        using Image header = base.Load();
        Dictionary<string, byte[]> description = DescriptionOf(header);
        using Image bands = Image.Black(Decoded.Width, Decoded.Height, bands: 3);
        using Image black = bands.Copy(interpretation: Enums.Interpretation.Srgb); // a profile must fit
        using Image described = black.Mutate(changes =>
        {
            foreach ((string field, byte[] value) in description)
            {
                changes.Set(GValue.BlobType, field, value);
            }
        });
        using Image tidy = describe(described);
        tidy.Jpegsave(destination, q: 1, keep: Enums.ForeignKeep.All);
    }

    private static Dictionary<string, byte[]> DescriptionOf(Image header) =>
        Metadata.Where(header.Contains).ToDictionary(field => field, field => (byte[])header.Get(field));

    private void RequireSize(Image decoded)
    {
        if (new PixelSize(decoded.Width, decoded.Height) != Decoded)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture does not have the size that it declares.");
        }
    }

    /// <returns>A file in which the main picture is the only one: the decoder writes all that are not hidden.</returns>
    private string Alone()
    {
        if (Walk.Others.Count == 0)
        {
            return Path;
        }

        string alone = Path + ".alone";
        File.Copy(Path, alone, overwrite: true);
        using FileStream file = new(alone, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        foreach (long flags in Walk.Others)
        {
            file.Position = flags;
            int value = file.ReadByte();
            file.Position = flags;
            file.WriteByte((byte)(value | HeifItems.Hidden));
        }

        return alone;
    }
}
