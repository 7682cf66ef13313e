using ImageBackend.Infrastructure.Imaging.Formats.Common;

namespace ImageBackend.Infrastructure.Imaging.Formats.Jpeg;

/// <summary>Puts the metadata of one JPEG and the picture of another into one file.</summary>
internal static class JpegJoiner
{
    private static readonly byte[] Start = [0xFF, JpegMarkers.StartOfImage];

    /// <param name="described">Its application segments are taken; at its start.</param>
    /// <param name="picture">All else is taken; at its start.</param>
    public static void Join(Stream described, Stream picture, Stream destination)
    {
        destination.Write(Start);
        CopyHead(described, segment => destination.Write(segment), _ => { });
        ByteWindow rest = CopyHead(picture, _ => { }, segment => destination.Write(segment));
        rest.CopyTo(destination, long.MaxValue);
    }

    // Up to the start of the pixels.
    private static ByteWindow CopyHead(Stream source, Take takeMetadata, Take takeOther)
    {
        ByteWindow window = new(source);
        window.Skip(Start.Length);
        while (JpegMarkers.Next(window, isScan: false) is { } marker && JpegMarkers.HasSegment(marker) && marker != JpegMarkers.StartOfScan)
        {
            ReadOnlySpan<byte> segment = JpegMarkers.Segment(window);
            if (segment.IsEmpty)
            {
                break; // broken: the check that follows refuses it
            }

            Take take = marker is (>= JpegMarkers.App0 and <= JpegMarkers.App15) or JpegMarkers.Comment ? takeMetadata : takeOther;
            take(segment);
            window.Skip(segment.Length);
        }

        return window;
    }

    private delegate void Take(ReadOnlySpan<byte> segment);
}
