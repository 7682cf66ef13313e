using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Formats.Colour;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>AVIF: a container that libheif reads, around a picture that it decodes.</summary>
internal class HeifFile : ForeignFile
{
    public const string Loader = "VipsForeignLoadHeif";

    // libheif's own limits. A photo of 48 megapixels has 200 tiles, and more parts beside them, so its second limit is replaced by ours.
    private const long MaxPixels = 1L << 28;
    private const int MaxParts = 256;

    protected HeifFile(string path, HeifWalk walk, Image header)
        : base(path, header)
    {
        Walk = walk;
        Colours = walk.Coding?.Known;
    }

    // The container's own rotation and mirror say what EXIF repeats, if anything does; the decoder has applied them.
    public override int Orientation => Walk.IsTransformed ? 1 : base.Orientation;

    public override bool HasFullChroma => Walk.HasFullChroma;

    public override CodedColours? Colours { get; }

    protected HeifWalk Walk { get; }

    /// <exception cref="InvalidImageException">It is a sequence, or declares a size beyond all decoders.</exception>
    /// <exception cref="VipsException">The header is broken.</exception>
    public static HeifFile Open(string path)
    {
        (HeifWalk walk, Image header) = Look(path);
        using (header)
        {
            return new HeifFile(path, walk, header);
        }
    }

    public override Image Load() => Load(Path, Walk);

    // Measured: brightness and colour in a decoder and in what it gives, and the same pixels as red, green and blue.
    public override long BytesOfDecoder()
    {
        int planes = (HasFullChroma ? 10 : 6) * (Walk.Bits > 8 ? 2 : 1);
        return new FileInfo(Path).Length + (Decoded.Pixels * (planes + (4 * BytesPerPixel)));
    }

    /// <returns>What its boxes say, and its header as the decoder sees it; the caller disposes that.</returns>
    protected static (HeifWalk Walk, Image Header) Look(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        HeifWalk walk = HeifWalk.Through(file);
        if (walk.IsSequence)
        {
            throw new InvalidImageException(InvalidImageException.UnsupportedAnimation, "Sequences of pictures (AVIF, HEIF) are not accepted; send an animation as GIF.");
        }

        return walk.Size.Pixels <= MaxPixels
            ? (walk, Load(path, walk))
            : throw new InvalidImageException(
                InvalidImageException.TooManyPixels, $"The picture has {walk.Size.Pixels} pixels ({walk.Size}); its format's limit is {MaxPixels}.", MaxPixels, walk.Size.Pixels);
    }

    private static Image Load(string path, HeifWalk walk) =>
        Image.Heifload(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error, unlimited: walk.Parts > MaxParts);
}
