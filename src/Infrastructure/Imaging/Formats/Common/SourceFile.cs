using ImageBackend.Domain;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Common;

/// <summary>
/// One original on disk that was checked by the rules of its format, so that its decoder may see it. Pixels follow on demand.
/// </summary>
internal abstract class SourceFile
{
    /// <param name="path">What the decoder reads.</param>
    /// <param name="header">Header of one frame, in full size. The caller still owns it.</param>
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

    /// <summary>Size of one frame, as stored.</summary>
    public PixelSize Size { get; }

    /// <summary>EXIF orientation: 1 to 8.</summary>
    public int Orientation { get; }

    /// <summary>Whether it is built up in passes; if so, a decoder holds all of it in memory.</summary>
    public bool IsInterlaced { get; }

    /// <summary>1 unless it is an animation whose frames can be read here.</summary>
    public int Frames { get; protected init; } = 1;

    /// <summary>The EXIF block, without a signature; null: there is none.</summary>
    public byte[]? Exif { get; protected init; }

    /// <summary>Bytes per pixel of the picture as stored.</summary>
    public int BytesPerPixel { get; }

    /// <summary>Whether its pixels come from a renderer: in any size, upright, on a transparent background.</summary>
    public virtual bool IsRendered => false;

    /// <summary>Why it can't be turned; null: it can be.</summary>
    public virtual string? WhyNotTurned => null;

    /// <summary>Whether its pixels may be passed on as stored: <see cref="CopyPixels"/>.</summary>
    public virtual bool CanCopyPixels => false;

    /// <summary>What rows take while they wait for a resize; null: none wait.</summary>
    public virtual RowCost? Rows => new(BytesPerPixel, HasAlpha ? 4 * Bands : BytesPerPixel, IsWhole: true);

    /// <summary>How many copies of one frame's pixels are in memory at most while it is rewritten.</summary>
    public virtual int CopiesToTurn => 2;

    protected string Path { get; }

    protected int Bands { get; }

    protected bool HasAlpha { get; }

    /// <param name="target">The final size of the whole picture, as stored.</param>
    /// <returns>The factor by which a decoder shrinks it: 1, 2, 4 or 8.</returns>
    public virtual int Shrink(PixelSize target) => 1;

    /// <param name="target">As in <see cref="Shrink"/>; null: load it in full size.</param>
    /// <param name="frames"><see cref="Frames"/>, one below the other, or 1: the first.</param>
    /// <returns>Readable once, from top to bottom; in full size, or larger than the target. The caller disposes it.</returns>
    /// <exception cref="VipsException">The file is broken; broken pixels are noticed later.</exception>
    public abstract Image Load(PixelSize? target, int frames);

    /// <returns>A picture of one frame, in full size, with its metadata, readable in any order. The caller disposes it.</returns>
    /// <exception cref="VipsException">The file is broken; broken pixels are noticed later.</exception>
    public abstract Image LoadToTurn();

    /// <summary>Writes a picture made from <see cref="LoadToTurn"/>, with its metadata, encoded as the file itself was.</summary>
    /// <exception cref="VipsException">The pixels are broken, or the disk does not work.</exception>
    public abstract void Write(Image turned, string destination);

    /// <summary>Writes the picture as stored, without anything except its pixels.</summary>
    /// <param name="destination">Only call this after decoding: a broken picture is copied up to the fault.</param>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public virtual void CopyPixels(string destination) => throw new NotSupportedException("Only some formats can be copied.");

    /// <summary>What a decoder holds at most, besides rows and results.</summary>
    /// <param name="isPart">Whether only a part of the picture is requested, in full size.</param>
    /// <returns>Bytes of memory.</returns>
    public abstract long BytesOfDecoder(bool isPart);

    protected static bool IsSet(Image header, string field) => header.Contains(field) && header.Get(field) is not 0;
}

/// <param name="Given">Bytes per pixel as decoded.</param>
/// <param name="Weighed">Bytes per pixel of the requested part, after transparency was applied.</param>
/// <param name="IsWhole">Whether decoded rows are as wide as the picture, rather than as the requested part.</param>
internal readonly record struct RowCost(int Given, int Weighed, bool IsWhole);
