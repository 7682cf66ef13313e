using System.Diagnostics.CodeAnalysis;

namespace ImageBackend.Domain;

/// <summary>A kind of picture file that this service stores: four that are uploaded, two that it only makes.</summary>
public sealed record ImageFormat
{
    public static readonly ImageFormat Jpeg = new("jpg", "image/jpeg", isUploaded: true);
    public static readonly ImageFormat Png = new("png", "image/png", isUploaded: true);
    public static readonly ImageFormat Gif = new("gif", "image/gif", isUploaded: true);
    public static readonly ImageFormat Svg = new("svg", "image/svg+xml", isUploaded: true);
    public static readonly ImageFormat WebP = new("webp", "image/webp", isUploaded: false, longestSide: 16_383);
    public static readonly ImageFormat Avif = new("avif", "image/avif", isUploaded: false, longestSide: 16_384);

    private ImageFormat(string extension, string contentType, bool isUploaded, int longestSide = ThumbnailLimits.MaxSide) =>
        (Extension, ContentType, IsUploaded, MaxSide) = (extension, contentType, isUploaded, longestSide);

    public static IReadOnlyList<ImageFormat> All { get; } = [Jpeg, Png, Gif, Svg, WebP, Avif];

    /// <summary>As it ends a key: without a dot, in small letters.</summary>
    public string Extension { get; }

    public string ContentType { get; }

    /// <summary>Whether an original can have it; the others are thumbnails only.</summary>
    public bool IsUploaded { get; }

    /// <summary>Pixels that a thumbnail of this format may have at most on a side: its encoder takes no more.</summary>
    public int MaxSide { get; }

    /// <summary>The format of the thumbnails that are made at upload: the same, but of a drawing a JPEG.</summary>
    public ImageFormat ThumbnailFormat => this == Svg ? Jpeg : this;

    /// <returns>The size that a thumbnail has in this format: smaller as a whole, where a side would be too long for it.</returns>
    public PixelSize Bounded(PixelSize size)
    {
        double scale = (double)MaxSide / Math.Max(size.Width, size.Height);
        return scale >= 1 ? size : new PixelSize(Side(size.Width), Side(size.Height));

        int Side(int length) => Math.Clamp((int)Math.Floor((length * scale) + 0.5), 1, MaxSide);
    }

    public static bool TryFromExtension(string? extension, [NotNullWhen(true)] out ImageFormat? format) =>
        (format = All.FirstOrDefault(known => known.Extension == extension)) is not null;

    public override string ToString() => Extension;
}
