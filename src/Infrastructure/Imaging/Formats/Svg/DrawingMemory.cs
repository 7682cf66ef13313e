using System.Buffers;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>Computes what the pictures inside a drawing take when it is rendered.</summary>
internal static class DrawingMemory
{
    private const int SurfaceBytes = 4; // the rendered picture, per pixel: it is kept until the drawing is finished

    private static ReadOnlySpan<byte> Address => "data:image/"u8;

    private static ReadOnlySpan<byte> Encoding => ";base64,"u8;

    /// <param name="drawing">Sanitised, so the pictures are plain base64.</param>
    /// <returns>Bytes of memory: the surfaces of all pictures, plus what the decoder of the largest holds.</returns>
    public static long OfPictures(ReadOnlySpan<byte> drawing)
    {
        long surfaces = 0;
        long largest = 0;
        while (drawing.IndexOf(Address) is >= 0 and int at)
        {
            drawing = drawing[at..];
            int content = drawing.IndexOf(Encoding);
            int end = drawing.IndexOfAny("\"'"u8);
            if (content >= 0 && end > content && PixelsOf(drawing[(content + Encoding.Length)..end]) is { } picture)
            {
                surfaces += SurfaceBytes * picture.Pixels;
                largest = Math.Max(largest, (SurfaceBytes + picture.BytesEach) * picture.Pixels);
            }

            drawing = drawing[Address.Length..];
        }

        return surfaces + largest;
    }

    private static (long Pixels, int BytesEach)? PixelsOf(ReadOnlySpan<byte> base64)
    {
        byte[] picture = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(base64, picture, out _, out int length) != OperationStatus.Done)
        {
            return null;
        }

        byte[] file = picture[..length];
        if (EmbeddedPictures.FormatOf(file) is not { } format)
        {
            return null;
        }

        try
        {
            using Image header = format.ReadHeader(file);
            return ((long)header.Width * header.Height, format.BytesToDecodePixel(header));
        }
        catch (VipsException)
        {
            return null; // a picture that can't be read is not drawn
        }
    }
}
