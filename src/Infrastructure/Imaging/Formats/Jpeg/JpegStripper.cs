using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>Copies a JPEG without its private metadata. Apart from pixels, only blocks known to be harmless stay.</summary>
internal static class JpegStripper
{
    private const byte App2 = 0xE2;
    private const byte App14 = 0xEE;

    private const int JfifBytes = 14;
    private const int JfifThumbnailAt = 12;
    private const int AdobeBytes = 12;

    private static ReadOnlySpan<byte> XmpSignature => "http://ns.adobe.com/xap/1.0/\0"u8;

    /// <summary>
    /// Copies up to the end of the picture: what follows (further pictures, videos) is not part of it. A broken file is cut off at
    /// the fault.
    /// </summary>
    /// <param name="source">Seekable, at its start.</param>
    public static void Strip(Stream source, Stream destination, Stripping what)
    {
        ByteWindow window = new(source);
        bool isScan = false;
        while (JpegMarkers.Next(window, isScan, isScan ? destination : null) is { } marker)
        {
            if (!JpegMarkers.HasSegment(marker))
            {
                destination.Write([0xFF, marker]);
                window.Skip(2);
                if (marker == JpegMarkers.EndOfImage)
                {
                    return;
                }

                continue;
            }

            ReadOnlySpan<byte> segment = JpegMarkers.Segment(window);
            if (segment.IsEmpty)
            {
                return;
            }

            if (marker is (>= JpegMarkers.App0 and <= JpegMarkers.App15) or JpegMarkers.Comment)
            {
                WriteSegment(destination, marker, Kept(marker, segment[JpegMarkers.HeadBytes..], what));
            }
            else
            {
                destination.Write(segment);
            }

            window.Skip(segment.Length);
            isScan = marker == JpegMarkers.StartOfScan;
        }
    }

    /// <summary>Copies the preview in an EXIF block.</summary>
    public static void StripThumbnail(Stream source, Stream destination) => Strip(source, destination, Stripping.All);

    /// <returns>What stays of a segment's content; empty: nothing.</returns>
    private static ReadOnlySpan<byte> Kept(byte marker, ReadOnlySpan<byte> content, Stripping what)
    {
        switch (marker)
        {
            case JpegMarkers.App0 when content.StartsWith("JFIF\0"u8) && content.Length >= JfifBytes:
                byte[] jfif = content[..JfifBytes].ToArray();
                jfif.AsSpan(JfifThumbnailAt).Clear(); // its width and height; its pixels follow them
                return jfif;

            case JpegMarkers.App1 when content.StartsWith(JpegMarkers.ExifSignature):
                byte[] exif = ExifStripper.Strip(content[JpegMarkers.ExifSignature.Length..].ToArray(), what, StripThumbnail);
                return exif.Length == 0 ? [] : (byte[])[.. JpegMarkers.ExifSignature, .. exif];

            // Nothing of an extended packet stays: no part of it shows what the whole says.
            case JpegMarkers.App1 when content.StartsWith(XmpSignature) && what == Stripping.Gps:
                return XmpPacket.MayTellPlace(content[XmpSignature.Length..]) ? [] : content;

            case App2 when content.StartsWith("ICC_PROFILE\0"u8):
                return content;

            // How to interpret the colours of CMYK and RGB files.
            case App14 when content.StartsWith("Adobe"u8) && content.Length >= AdobeBytes:
                return content[..AdobeBytes];

            case JpegMarkers.Comment when what == Stripping.Gps:
                return PlaceWords.AreIn(content) ? [] : content;

            default:
                return [];
        }
    }

    private static void WriteSegment(Stream destination, byte marker, ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            return;
        }

        Span<byte> head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(content.Length + 2));
        destination.Write(head);
        destination.Write(content);
    }
}
