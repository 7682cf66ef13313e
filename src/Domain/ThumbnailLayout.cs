namespace ImageBackend.Domain;

/// <summary>How a thumbnail lies on the picture, or part of one, that it is made from.</summary>
/// <param name="Resized">The size that the whole part is resized to.</param>
/// <param name="Shown">The area of the resized part that the thumbnail shows; what lies beside it is background.</param>
public sealed record ThumbnailLayout(PixelSize Resized, CropArea Shown)
{
    /// <summary>Of the thumbnail.</summary>
    public PixelSize Size => new(Shown.Width, Shown.Height);

    public bool ShowsAll => Shown == All(Resized);

    /// <param name="resize">Of the part.</param>
    /// <param name="cut">Of what was resized; null: all of it.</param>
    public static ThumbnailLayout Of(PixelSize part, Geometry resize, Cut? cut)
    {
        PixelSize resized = resize.Resize(part);
        return new ThumbnailLayout(resized, cut?.ResolveFor(resized) ?? All(resized)).Bounded();
    }

    private static CropArea All(PixelSize size) => new(size.Width, size.Height, 0, 0);

    // One that is too large is the same picture, smaller.
    private ThumbnailLayout Bounded()
    {
        double scale = Math.Min(Math.Sqrt(ThumbnailLimits.MaxPixels / (double)Size.Pixels), (double)ThumbnailLimits.MaxSide / Math.Max(Size.Width, Size.Height));
        return scale >= 1 ? this : new ThumbnailLayout(
            new PixelSize(Side(Resized.Width), Side(Resized.Height)),
            new CropArea(Side(Shown.Width), Side(Shown.Height), (int)Math.Floor(Shown.X * scale), (int)Math.Floor(Shown.Y * scale)));

        int Side(int length) => Math.Max(1, (int)Math.Floor(length * scale));
    }
}
