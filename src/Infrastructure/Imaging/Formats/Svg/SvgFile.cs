using System.Text;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <param name="drawing">As the renderer is to see it.</param>
internal sealed class SvgFile(string path, byte[] drawing, Image header) : SourceFile(path, header)
{
    /// <summary>Bytes of memory for each of a drawing that is rendered.</summary>
    public const long DrawnBytesPerByte = 80;

    public override bool IsRendered => true;

    public override RowCost? Rows => null;

    public static Image Load(byte[] drawing, double scale) =>
        Image.SvgloadBuffer(drawing, scale: scale, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);

    /// <summary>Asks the renderer, with nothing in a drawing of that size: of a whole one it would parse all.</summary>
    /// <returns>Pixels that a drawing has once it is rendered in its natural size.</returns>
    /// <exception cref="VipsException">It can't be rendered in it.</exception>
    public static PixelSize PixelsOf(SvgSize size)
    {
        byte[] blank = Encoding.ASCII.GetBytes($"<svg xmlns=\"{SvgVocabulary.Namespace}\" width=\"{SvgSize.Text(size.Width)}\" height=\"{SvgSize.Text(size.Height)}\"/>");
        using Image header = Load(blank, scale: 1);
        return new PixelSize(header.Width, header.Height);
    }

    /// <summary>What it takes at most to draw two drawings, one after the other, small.</summary>
    /// <returns>Bytes of memory.</returns>
    public static long BytesToCompare(byte[] one, byte[] other) =>
        FormatCodec.OnceBytes + (DrawnBytesPerByte * (one.Length + other.Length)) + Math.Max(DrawingMemory.OfPictures(one), DrawingMemory.OfPictures(other));

    // It is rendered at the size that is needed (that of the largest thumbnail, at most its natural one), so it is never shrunk as
    // pixels; of a part, at its natural one.
    public override Image Load(PixelSize? target, int frames) =>
        Load(drawing, target is { } size ? Math.Max((double)size.Width / Size.Width, (double)size.Height / Size.Height) : 1);

    public override Image LoadToTurn() => throw NotTurned();

    public override void Write(Image turned, string destination) => throw NotTurned();

    public override long BytesOfDecoder(bool isPart) =>
        (DrawnBytesPerByte * drawing.Length) + DrawingMemory.OfPictures(drawing) + (isPart ? Size.Pixels * 4 : 0);

    private static NotSupportedException NotTurned() => new("A drawing is not turned.");
}
