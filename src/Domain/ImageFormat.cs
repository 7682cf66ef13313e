using System.Diagnostics.CodeAnalysis;

namespace ImageBackend.Domain;

/// <summary>A kind of picture file: four that originals have, two more that thumbnails can have, and one that is never stored.</summary>
public sealed record ImageFormat
{
    public static readonly ImageFormat Jpeg = new("jpg", "image/jpeg", isUploaded: true);
    public static readonly ImageFormat Png = new("png", "image/png", isUploaded: true);
    public static readonly ImageFormat Gif = new("gif", "image/gif", isUploaded: true);
    public static readonly ImageFormat Svg = new("svg", "image/svg+xml", isUploaded: true, thumbnails: Jpeg);
    public static readonly ImageFormat WebP = new("webp", "image/webp", isUploaded: false, maxSide: 16_383);
    public static readonly ImageFormat Avif = new("avif", "image/avif", isUploaded: false, maxSide: 16_384);
    public static readonly ImageFormat Heic = new("heic", "image/heic", isUploaded: false, thumbnails: Jpeg);

    // Null: this format itself, to which a record must not refer, since its hash includes all fields.
    private readonly ImageFormat? _thumbnails;

    private ImageFormat(string extension, string contentType, bool isUploaded, int maxSide = ThumbnailLimits.MaxSide, ImageFormat? thumbnails = null) =>
        (Extension, ContentType, IsUploaded, MaxSide, _thumbnails) = (extension, contentType, isUploaded, maxSide, thumbnails);

    /// <summary>Those that a key can have.</summary>
    public static IReadOnlyList<ImageFormat> All { get; } = [Jpeg, Png, Gif, Svg, WebP, Avif];

    /// <summary>Those that photos may come in, to be stored as JPEG or PNG.</summary>
    public static IReadOnlyList<ImageFormat> Converted { get; } = [WebP, Avif, Heic];

    /// <summary>The end of a key: without a dot, in lower case.</summary>
    public string Extension { get; }

    public string ContentType { get; }

    /// <summary>Whether an original can have this format, as it is stored.</summary>
    public bool IsUploaded { get; }

    /// <summary>The most pixels that a thumbnail of this format may have on a side: its encoder takes no more.</summary>
    public int MaxSide { get; }

    /// <summary>The format of the thumbnails made at upload: that of the original, or JPEG for a drawing.</summary>
    public ImageFormat ThumbnailFormat => _thumbnails ?? this;

    /// <summary>Whether a thumbnail can have this format.</summary>
    public bool IsOfThumbnails => ThumbnailFormat == this;

    /// <returns>The size that a thumbnail has in this format: scaled down as a whole if a side would be too long.</returns>
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
