using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;

namespace ImageBackend.Infrastructure.Imaging.Formats;

/// <summary>Detects the format of a file by its first bytes alone; the name and type that the client gives are never used.</summary>
internal static class FormatSniffer
{
    /// <summary>Bytes that are examined: the cost of this must not grow with the file.</summary>
    public const int HeadBytes = 4096;

    /// <param name="content">At its start. Its position afterwards is undefined.</param>
    /// <returns>
    /// A format that can be uploaded, or null for anything else (TIFF, WebP, text …). SVG only means that it begins like a drawing,
    /// or like XML whose root comes later.
    /// </returns>
    public static async Task<ImageFormat?> SniffAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadBytes];
        int length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return KnownFormats.BySignature(head.AsSpan(0, length))
            ?? (SvgRoot.MayBeIn(head.AsSpan(0, length), isAll: length < HeadBytes) ? ImageFormat.Svg : null);
    }
}
