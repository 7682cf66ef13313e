using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

internal sealed class JpegCodec : FormatCodec
{
    public override ImageFormat Format => ImageFormat.Jpeg;

    public override byte[]? FindExif(Stream file)
    {
        ByteWindow window = new(file);
        while (JpegMarkers.Next(window, isScan: false) is { } marker and not (JpegMarkers.StartOfScan or JpegMarkers.EndOfImage))
        {
            if (!JpegMarkers.HasSegment(marker))
            {
                window.Skip(2);
                continue;
            }

            ReadOnlySpan<byte> segment = JpegMarkers.Segment(window);
            if (segment.IsEmpty)
            {
                return null;
            }

            ReadOnlySpan<byte> content = segment[JpegMarkers.HeadBytes..];
            if (marker == JpegMarkers.App1 && content.StartsWith(JpegMarkers.ExifSignature))
            {
                return content[JpegMarkers.ExifSignature.Length..].ToArray();
            }

            window.Skip(segment.Length);
        }

        return null;
    }

    public override void Strip(Stream source, Stream destination, Stripping what) => JpegStripper.Strip(source, destination, what);
}
