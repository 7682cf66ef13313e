using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;

namespace ImageBackend.Infrastructure.Imaging.Formats;

/// <summary>Tells the format of a file by its first bytes alone; the client's name and type for it are never asked.</summary>
internal static class FormatSniffer
{
    /// <summary>Bytes that are looked at: what a file may cost here must not grow with it.</summary>
    public const int HeadBytes = 4096;

    /// <param name="content">At its start. Left anywhere.</param>
    /// <returns>
    /// One of the formats that are uploaded, or null for all else (TIFF, WebP, text …). SVG says only that its beginning is that of
    /// a drawing, or of XML whose root comes later.
    /// </returns>
    public static async Task<ImageFormat?> SniffAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadBytes];
        int length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return KnownFormats.BySignature(head.AsSpan(0, length))
            ?? (SvgRoot.MayBeIn(head.AsSpan(0, length), isAll: length < HeadBytes) ? ImageFormat.Svg : null);
    }
}
