using System.Text;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <param name="drawing">As the renderer will see it.</param>
internal sealed class SvgFile(string path, byte[] drawing, Image header) : SourceFile(path, header)
{
    /// <summary>Bytes of memory for each byte of a rendered drawing.</summary>
    public const long DrawnBytesPerByte = 80;

    public override bool IsRendered => true;

    public override RowCost? Rows => null;

    public static Image Load(byte[] drawing, double scale) =>
        Image.SvgloadBuffer(drawing, scale: scale, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);

    /// <summary>Asks the renderer, using an empty drawing of that size, because it would parse all of a real one.</summary>
    /// <returns>Pixels of a drawing rendered in its natural size.</returns>
    /// <exception cref="VipsException">It can't be rendered in that size.</exception>
    public static PixelSize PixelsOf(SvgSize size)
    {
        byte[] blank = Encoding.ASCII.GetBytes($"<svg xmlns=\"{SvgVocabulary.Namespace}\" width=\"{SvgSize.Text(size.Width)}\" height=\"{SvgSize.Text(size.Height)}\"/>");
        using Image header = Load(blank, scale: 1);
        return new PixelSize(header.Width, header.Height);
    }

    /// <summary>What drawing two drawings takes at most, one after the other, at a small size.</summary>
    /// <returns>Bytes of memory.</returns>
    public static long BytesToCompare(byte[] one, byte[] other) =>
        FormatCodec.OnceBytes + (DrawnBytesPerByte * (one.Length + other.Length)) + Math.Max(DrawingMemory.OfPictures(one), DrawingMemory.OfPictures(other));

    // It is rendered at the required size (that of the largest thumbnail, at most its natural size), so its pixels are never shrunk. A
    // part is rendered at its natural size.
    public override Image Load(PixelSize? target, int frames) =>
        Load(drawing, target is { } size ? Math.Max((double)size.Width / Size.Width, (double)size.Height / Size.Height) : 1);

    public override Image LoadToTurn() => throw NotTurned();

    public override void Write(Image turned, string destination) => throw NotTurned();

    public override long BytesOfDecoder(bool isPart) =>
        (DrawnBytesPerByte * drawing.Length) + DrawingMemory.OfPictures(drawing) + (isPart ? Size.Pixels * 4 : 0);

    private static NotSupportedException NotTurned() => new("A drawing is not turned.");
}
