using ImageBackend.Domain;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>One original on disk that was gone through by the rules of its format, so that its decoder may see it. Pixels follow on demand.</summary>
internal abstract class SourceFile
{
    /// <param name="path">What the decoder reads.</param>
    /// <param name="header">Of one frame, in full size. It stays the caller's.</param>
    protected SourceFile(string path, Image header)
    {
        Path = path;
        Size = new PixelSize(header.Width, header.Height);
        Orientation = header.Contains("orientation") && header.Get("orientation") is int and >= 1 and <= 8 and int valid ? valid : 1;
        IsInterlaced = IsSet(header, "interlaced") || IsSet(header, "jpeg-multiscan");
        Bands = header.Bands;
        HasAlpha = header.HasAlpha();
        BytesPerPixel = header.Bands * (header.Format is Enums.BandFormat.Ushort ? 2 : 1);
    }

    /// <summary>Of one frame, as it is stored.</summary>
    public PixelSize Size { get; }

    /// <summary>Of EXIF: 1 to 8.</summary>
    public int Orientation { get; }

    /// <summary>Whether it is built up in passes: then a decoder holds all of it in memory.</summary>
    public bool IsInterlaced { get; }

    /// <summary>1 unless it is an animation that can be seen here.</summary>
    public int Frames { get; protected init; } = 1;

    /// <summary>The block of EXIF, without a signature; null: there is none.</summary>
    public byte[]? Exif { get; protected init; }

    /// <summary>Of the picture as it is stored.</summary>
    public int BytesPerPixel { get; }

    /// <summary>Whether its pixels come from a renderer: in any size, upright, on nothing.</summary>
    public virtual bool IsRendered => false;

    /// <summary>Why it can't be turned; null: it can.</summary>
    public virtual string? WhyNotTurned => null;

    /// <summary>Whether its pixels may be given away as they are stored: <see cref="CopyPixels"/>.</summary>
    public virtual bool CanCopyPixels => false;

    /// <summary>What rows take that wait for a resize; null: none wait.</summary>
    public virtual RowCost? Rows => new(BytesPerPixel, HasAlpha ? 4 * Bands : BytesPerPixel, IsWhole: true);

    /// <summary>How many times the pixels of one frame are in memory at most when it is written anew.</summary>
    public virtual int CopiesToTurn => 2;

    protected string Path { get; }

    protected int Bands { get; }

    protected bool HasAlpha { get; }

    /// <param name="target">The size that is wanted in the end of all of the picture, as it is stored.</param>
    /// <returns>How many times smaller a decoder gives it than it is: 1, 2, 4 or 8.</returns>
    public virtual int Shrink(PixelSize target) => 1;

    /// <param name="target">As in <see cref="Shrink"/>; null: it has to be loaded in full size.</param>
    /// <param name="frames"><see cref="Frames"/>, one below the other, or 1: the first.</param>
    /// <returns>To be read once, from top to bottom; in full size, or larger than the target. The caller disposes it.</returns>
    /// <exception cref="VipsException">The file is broken; broken pixels are seen later.</exception>
    public abstract Image Load(PixelSize? target, int frames);

    /// <returns>A picture of one frame, in full size, with its metadata, to be read in any order. The caller disposes it.</returns>
    /// <exception cref="VipsException">The file is broken; broken pixels are seen later.</exception>
    public abstract Image LoadToTurn();

    /// <summary>Writes what was made of <see cref="LoadToTurn"/>, with its metadata, as the file itself was encoded.</summary>
    /// <exception cref="VipsException">The pixels are broken, or the disk does not work.</exception>
    public abstract void Write(Image turned, string destination);

    /// <summary>Writes the picture as it is stored, without anything but its pixels.</summary>
    /// <param name="destination">Only after it was decoded: what is broken is copied up to there.</param>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public virtual void CopyPixels(string destination) => throw new NotSupportedException("Only some formats can be copied.");

    /// <summary>What a decoder holds at most, besides rows and results.</summary>
    /// <param name="isPart">Whether a part of the picture is wanted, in full size.</param>
    /// <returns>Bytes of memory.</returns>
    public abstract long BytesOfDecoder(bool isPart);

    protected static bool IsSet(Image header, string field) => header.Contains(field) && header.Get(field) is not 0;
}

/// <param name="Given">Bytes of a pixel as the decoder gives it.</param>
/// <param name="Weighed">Bytes of a pixel of the part that is wanted, where transparency is weighed.</param>
/// <param name="IsWhole">Whether rows as they are given are as wide as the picture, or as the part that is wanted.</param>
internal readonly record struct RowCost(int Given, int Weighed, bool IsWhole);
