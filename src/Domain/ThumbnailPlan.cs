namespace ImageBackend.Domain;

/// <summary>How one decode makes all thumbnails of a picture, or of one part of it: the size to decode to, and what each is made from.</summary>
/// <param name="Base">The size that the decoded picture is brought to first; everything else is made from it in memory.</param>
/// <param name="Steps">From the largest to the smallest.</param>
public sealed record ThumbnailPlan(PixelSize Base, IReadOnlyList<ThumbnailStep> Steps)
{
    // Below this ratio of source to result a second resize is visible: 48 dB PSNR at 1.33, 36 dB at 1.0 (measured
    // against a resize from the full picture).
    private const double EnoughPixels = 1.3;

    private static readonly int[] Shrinks = [8, 4, 2];

    /// <summary>The base or a thumbnail, whichever has the most pixels: an enlarged thumbnail has more than the base.</summary>
    public PixelSize Largest => Steps.Select(step => step.Layout.Size).Append(Base).MaxBy(size => size.Pixels);

    /// <param name="source">The size of the upright original, or of the part of it.</param>
    /// <param name="specs">At least one, no duplicates, all with the same <see cref="ThumbnailSpec.PartOf"/> the original.</param>
    public static ThumbnailPlan For(PixelSize source, IReadOnlyList<ThumbnailSpec> specs)
    {
        (ThumbnailSpec Spec, ThumbnailLayout Layout)[] targets =
            [.. specs.Select(spec => (spec, spec.LayOutOn(source))).OrderByDescending(target => target.Item2.Resized.Pixels)];

        // Large enough for every target in both directions; never larger than the source. A strip such as 20000x100
        // may need all of its height for one thumbnail and little of its width for another.
        PixelSize @base = new(
            Math.Min(source.Width, targets.Max(target => target.Layout.Resized.Width)),
            Math.Min(source.Height, targets.Max(target => target.Layout.Resized.Height)));

        List<ThumbnailStep> steps = [];
        foreach ((ThumbnailSpec spec, ThumbnailLayout layout) in targets)
        {
            // A thumbnail that was cut shows only a part.
            ThumbnailStep? from = steps.LastOrDefault(made => made.Spec.Cut is null && IsEnough(made.Size, layout.Resized));
            steps.Add(new ThumbnailStep(spec, from?.Spec.Suffix, layout));
        }

        return new ThumbnailPlan(@base, steps);
    }

    /// <summary>The largest of 8, 4, 2 and 1 that a JPEG decoder may shrink by and still leave enough pixels for the base.</summary>
    /// <param name="source">In the same orientation as <paramref name="target"/>, both upright or both as stored.</param>
    public static int JpegShrink(PixelSize source, PixelSize target) =>
        Shrinks.FirstOrDefault(shrink => IsEnough(new PixelSize(source.Width / shrink, source.Height / shrink), target), 1);

    private static bool IsEnough(PixelSize from, PixelSize to) =>
        from.Width >= to.Width * EnoughPixels && from.Height >= to.Height * EnoughPixels;
}

/// <param name="From">The suffix of the thumbnail that this one is made from; null if it is made from the base.</param>
public sealed record ThumbnailStep(ThumbnailSpec Spec, string? From, ThumbnailLayout Layout)
{
    /// <summary>After the resize, before <see cref="ThumbnailSpec.Cut"/> cuts it.</summary>
    public PixelSize Size => Layout.Resized;
}
