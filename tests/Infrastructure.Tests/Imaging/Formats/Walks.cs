using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Png;

namespace ImageBackend.Infrastructure.Tests.Imaging.Formats;

/// <summary>What is known of a file before a decoder sees it.</summary>
internal static class Walks
{
    public static JpegWalk ThroughJpeg(byte[] file)
    {
        using MemoryStream stream = new(file);
        return JpegWalk.Through(stream);
    }

    public static PhotoFacts FactsOf(byte[] file, ImageFormat format)
    {
        using MemoryStream stream = new(file);
        return ExifFacts.Of(
            format == ImageFormat.Jpeg ? JpegWalk.Through(stream).Exif
            : format == ImageFormat.Png ? PngWalk.Through(stream).Exif
            : null);
    }
}
