using System.Text;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>Files that begin like pictures; enough for everything except a real decoder.</summary>
public static class TestPictures
{
    /// <summary>A file with this text in it has an unreadable header.</summary>
    public static readonly byte[] BrokenMark = "BROKEN"u8.ToArray();

    /// <summary>A file with this text in it has a header, but can't be decoded to its end.</summary>
    public static readonly byte[] TruncatedMark = "TRUNCATED"u8.ToArray();

    /// <returns>The format that the processor would detect.</returns>
    public static ImageFormat? FormatOf(ReadOnlySpan<byte> file) =>
        file.StartsWith(Jpeg("").AsSpan(0, 3)) ? ImageFormat.Jpeg
        : file.StartsWith(Png("")) ? ImageFormat.Png
        : file.StartsWith(Gif("")) ? ImageFormat.Gif
        : file.StartsWith("<svg"u8) ? ImageFormat.Svg
        : file.StartsWith(WebP("")) ? ImageFormat.WebP
        : null;

    public static byte[] Jpeg(string text = "a photo") => [0xFF, 0xD8, 0xFF, 0xE0, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Png(string text = "a screenshot") => [0x89, .. "PNG\r\n\u001A\n"u8, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Gif(string text = "a film") => [.. "GIF89a"u8, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] WebP(string text = "a photo of a phone") => [.. "RIFF\0\0\0\0WEBP"u8, .. Encoding.ASCII.GetBytes(text)];

    public static byte[] Svg(string text = "a drawing") =>
        Encoding.UTF8.GetBytes($"<svg xmlns=\"http://www.w3.org/2000/svg\"><title>{text}</title></svg>");
}
