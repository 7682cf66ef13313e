namespace ImageBackend.Domain;

/// <summary>All thumbnails that are made of every original, and so all keys that belong to one image.</summary>
public sealed class ThumbnailSet
{
    /// <summary>What both predecessors make when nothing else is set.</summary>
    public static readonly ThumbnailSet Default = new(
    [
        new ThumbnailSpec("BI", Geometry.Parse("1500x1500>"), extent: null, quality: 90),
        new ThumbnailSpec("MI", Geometry.Parse("400x400>"), extent: null, quality: 90),
        new ThumbnailSpec("SI", Geometry.Parse("200x200^"), new PixelSize(200, 200), quality: 90),
    ]);

    /// <param name="modernFormats">In which each thumbnail is made besides its base format: WebP, AVIF or none.</param>
    /// <param name="formerSuffixes">Of sizes that are not made any more, but of which thumbnails may be left.</param>
    /// <exception cref="ArgumentException">One suffix stands twice.</exception>
    public ThumbnailSet(IReadOnlyList<ThumbnailSpec> specs, IReadOnlyList<ImageFormat>? modernFormats = null, IReadOnlyList<string>? formerSuffixes = null)
    {
        string[] suffixes = [.. specs.Select(spec => spec.Suffix), .. formerSuffixes ?? []];
        if (suffixes.Distinct().Count() != suffixes.Length)
        {
            throw new ArgumentException("One suffix stands twice.", nameof(specs));
        }

        Specs = specs;
        ModernFormats = modernFormats ?? [];
        FormerSuffixes = formerSuffixes ?? [];
    }

    public IReadOnlyList<ThumbnailSpec> Specs { get; }

    /// <summary>Made in the background; a site that has none is whole without them.</summary>
    public IReadOnlyList<ImageFormat> ModernFormats { get; }

    /// <summary>Of sizes that are not made any more: such a thumbnail is not an original, and goes with its own.</summary>
    public IReadOnlyList<string> FormerSuffixes { get; }

    /// <summary>Whether a key can name an original: of a format that is uploaded, and not a thumbnail's by its suffix.</summary>
    public bool IsOriginal(ImageKey key) => key.Format.IsUploaded && !AllSuffixes.Any(suffix => key.Original(suffix, key.Format) is not null);

    /// <summary>The originals, of which one at most exists, that a thumbnail may be of; none when its size is not made (any more).</summary>
    public IEnumerable<ImageKey> OriginalsOf(ImageKey thumbnail) =>
        from spec in Specs
        from format in ImageFormat.All
        where format.IsUploaded && (!thumbnail.Format.IsUploaded || format.ThumbnailFormat == thumbnail.Format)
        let original = thumbnail.Original(spec.Suffix, format)
        where original is not null
        select original;

    /// <summary>The other originals of which some thumbnails would have the same keys: <c>KBI.jpg</c> is of <c>K.jpg</c> and of <c>K.svg</c>.</summary>
    public static IEnumerable<ImageKey> SiblingsOf(ImageKey original) =>
        ImageFormat.All.Where(format => format.IsUploaded && format != original.Format).Select(original.In);

    /// <summary>The thumbnails that every published image has.</summary>
    public IEnumerable<ImageKey> BaseKeysOf(ImageKey original) => Specs.Select(spec => original.Thumbnail(spec));

    /// <summary>Every thumbnail that may lie beside an original, in each size and format that one can have or may have had.</summary>
    public IEnumerable<ImageKey> AllKeysOf(ImageKey original) =>
        from suffix in AllSuffixes
        from format in new[] { original.Format.ThumbnailFormat, ImageFormat.WebP, ImageFormat.Avif }
        select original.Thumbnail(suffix, format);

    private IEnumerable<string> AllSuffixes => Specs.Select(spec => spec.Suffix).Concat(FormerSuffixes);
}
