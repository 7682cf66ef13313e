using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Colour;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

/// <summary>One photo on disk in a format that is not stored, checked by the rules of its format, so that its decoder may see it.</summary>
internal abstract class ForeignFile
{
    private const string ExifField = "exif-data";

    private static readonly byte[] ExifSignature = [.. "Exif\0\0"u8];

    /// <param name="header">As the decoder sees it. The caller still owns it.</param>
    protected ForeignFile(string path, Image header)
    {
        Path = path;
        Decoded = new PixelSize(header.Width, header.Height);
        HasAlpha = header.HasAlpha();
        BytesPerPixel = header.Bands * (header.Format is Enums.BandFormat.Ushort ? 2 : 1);
        Exif = header.Contains(ExifField) ? WithoutSignature((byte[])header.Get(ExifField)) : null;
    }

    /// <summary>The size in which the decoder gives it.</summary>
    public PixelSize Decoded { get; }

    public bool HasAlpha { get; }

    /// <summary>Bytes per pixel as decoded.</summary>
    public int BytesPerPixel { get; }

    /// <summary>The EXIF block, without a signature; null: there is none.</summary>
    public byte[]? Exif { get; }

    /// <summary>What EXIF says about pixels that the decoder leaves as they are: 1 to 8.</summary>
    public virtual int Orientation => Exif is null ? 1 : ExifBlock.TryOpen(Exif)?.FindOrientation() ?? 1;

    /// <summary>Whether colour is stored as finely as brightness.</summary>
    public abstract bool HasFullChroma { get; }

    /// <summary>What the format itself says about colours; null: nothing that is known, or it is up to an ICC profile.</summary>
    public virtual CodedColours? Colours => null;

    protected string Path { get; }

    /// <returns>Readable once, from top to bottom, with its metadata. The caller disposes it.</returns>
    /// <exception cref="VipsException">The file is broken; broken pixels are noticed later.</exception>
    public abstract Image Load();

    /// <summary>Writes a JPEG itself, where its decoder encodes what it has decoded.</summary>
    /// <param name="describe">Brings the metadata of a picture into the form to be stored.</param>
    /// <returns>Whether it did.</returns>
    public virtual bool TryEncode(int quality, string destination, Func<Image, Image> describe) => false;

    /// <summary>What a decoder holds at most, besides the pixels that it gives.</summary>
    /// <returns>Bytes of memory.</returns>
    public abstract long BytesOfDecoder();

    private static byte[] WithoutSignature(byte[] exif) => exif.AsSpan().StartsWith(ExifSignature) ? exif[ExifSignature.Length..] : exif;
}
