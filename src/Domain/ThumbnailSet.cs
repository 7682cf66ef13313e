namespace ImageBackend.Domain;

/// <summary>All thumbnails that are made for every original, and so all keys that belong to one image.</summary>
public sealed class ThumbnailSet
{
    /// <summary>What both predecessors make by default.</summary>
    public static readonly ThumbnailSet Default = new(
    [
        new ThumbnailSpec("BI", Geometry.Parse("1500x1500>"), extent: null, quality: 90),
        new ThumbnailSpec("MI", Geometry.Parse("400x400>"), extent: null, quality: 90),
        new ThumbnailSpec("SI", Geometry.Parse("200x200^"), new PixelSize(200, 200), quality: 90),
    ]);

    /// <param name="modernFormats">The formats in which each thumbnail is made in addition to its base format: WebP, AVIF or none.</param>
    /// <param name="formerSuffixes">Suffixes of sizes that are no longer made, but of which thumbnails may be left.</param>
    /// <exception cref="ArgumentException">A suffix appears twice.</exception>
    public ThumbnailSet(IReadOnlyList<ThumbnailSpec> specs, IReadOnlyList<ImageFormat>? modernFormats = null, IReadOnlyList<string>? formerSuffixes = null)
    {
        string[] suffixes = [.. specs.Select(spec => spec.Suffix), .. formerSuffixes ?? []];
        if (suffixes.Distinct().Count() != suffixes.Length)
        {
            throw new ArgumentException("A suffix appears twice.", nameof(specs));
        }

        Specs = specs;
        ModernFormats = modernFormats ?? [];
        FormerSuffixes = formerSuffixes ?? [];
    }

    public IReadOnlyList<ThumbnailSpec> Specs { get; }

    /// <summary>Made in the background; a site is complete without them.</summary>
    public IReadOnlyList<ImageFormat> ModernFormats { get; }

    /// <summary>Suffixes of sizes that are no longer made: such a thumbnail is not an original, and is removed with its own.</summary>
    public IReadOnlyList<string> FormerSuffixes { get; }

    /// <summary>Whether a key can name an original: its format can be uploaded, and its suffix is not that of a thumbnail.</summary>
    public bool IsOriginal(ImageKey key) => key.Format.IsUploaded && !AllSuffixes.Any(suffix => key.Original(suffix, key.Format) is not null);

    /// <summary>The originals that a thumbnail may belong to; at most one exists. None if its size is not made (any more).</summary>
    public IEnumerable<ImageKey> OriginalsOf(ImageKey thumbnail) =>
        from spec in Specs
        from format in ImageFormat.All
        where format.IsUploaded && (!thumbnail.Format.IsUploaded || format.ThumbnailFormat == thumbnail.Format)
        let original = thumbnail.Original(spec.Suffix, format)
        where original is not null
        select original;

    /// <summary>The other originals that would share some thumbnail keys: <c>KBI.jpg</c> belongs to <c>K.jpg</c> and to <c>K.svg</c>.</summary>
    public static IEnumerable<ImageKey> SiblingsOf(ImageKey original) =>
        ImageFormat.All.Where(format => format.IsUploaded && format != original.Format).Select(original.In);

    /// <summary>The thumbnails that every published image has.</summary>
    public IEnumerable<ImageKey> BaseKeysOf(ImageKey original) => Specs.Select(spec => original.Thumbnail(spec));

    /// <summary>Every thumbnail that may exist for an original, in each size and format that one can have or may have had.</summary>
    public IEnumerable<ImageKey> AllKeysOf(ImageKey original) =>
        from suffix in AllSuffixes
        from format in new[] { original.Format.ThumbnailFormat, ImageFormat.WebP, ImageFormat.Avif }
        select original.Thumbnail(suffix, format);

    private IEnumerable<string> AllSuffixes => Specs.Select(spec => spec.Suffix).Concat(FormerSuffixes);
}
