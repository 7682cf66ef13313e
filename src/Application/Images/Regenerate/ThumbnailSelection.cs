using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Regenerate;

/// <summary>Which of an image's thumbnails are remade.</summary>
public sealed record ThumbnailSelection
{
    /// <summary>Null for all sizes of the set.</summary>
    public IReadOnlyList<string>? Suffixes { get; init; }

    /// <summary>Null for the base format and those in the settings. A format that no upload has is made for every image.</summary>
    public IReadOnlyList<ImageFormat>? Formats { get; init; }

    /// <summary>Those that are not there.</summary>
    public bool Missing { get; init; } = true;

    /// <summary>Those that were made by another recipe, or by an older site.</summary>
    public bool Stale { get; init; } = true;

    /// <summary>Also those that are as they should be.</summary>
    public bool UpToDate { get; init; }

    /// <summary>Whether those made by another imaging engine count as stale.</summary>
    public bool OtherEngine { get; init; }

    internal IEnumerable<(ThumbnailSpec Spec, ImageFormat Format)> Of(ImageKey original, ThumbnailSet set) =>
        from format in new[] { original.Format.ThumbnailFormat }.Concat(set.ModernFormats).Concat(Formats?.Where(format => !format.IsUploaded) ?? []).Distinct()
        where Formats?.Contains(format) ?? true
        from spec in set.Specs
        where Suffixes?.Contains(spec.Suffix) ?? true
        select (spec, format);
}
