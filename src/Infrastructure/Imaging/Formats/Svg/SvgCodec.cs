using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

internal sealed class SvgCodec : FormatCodec
{
    // An element is a few dozen bytes of text, and a few hundred in the renderer; during sanitising, a style sheet takes most.
    private const long ParsedBytesPerByte = 50;

    public override ImageFormat Format => ImageFormat.Svg;

    public override string Loader => "VipsForeignLoadSvg";

    public override bool HasSignature(ReadOnlySpan<byte> head) => false; // its root may be anywhere

    public override long BytesToParse(string path, bool isDrawn) =>
        OnceBytes + ((isDrawn ? SvgFile.DrawnBytesPerByte : ParsedBytesPerByte) * new FileInfo(path).Length);

    public override async Task<SourceFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        byte[] drawing = (await SvgDocument.ReadAsync(path, SvgForm.Rendered, cancellationToken)).Content;
        using Image header = SvgFile.Load(drawing, scale: 1);
        return new SvgFile(path, drawing, header);
    }

    // It was sanitised, which leaves metadata only in the pictures inside it.
    public override void Strip(Stream source, Stream destination, Stripping what) => throw new NotSupportedException("A drawing is not stripped.");
}
