namespace ImageBackend.Domain;

/// <summary>How a thumbnail lies on the picture, or part of one, that it is made from.</summary>
/// <param name="Resized">The size that the whole part is resized to.</param>
/// <param name="Shown">The area of the resized part that the thumbnail shows; anything beyond that part is background.</param>
public sealed record ThumbnailLayout(PixelSize Resized, CropArea Shown)
{
    /// <summary>The thumbnail's size.</summary>
    public PixelSize Size => new(Shown.Width, Shown.Height);

    public bool ShowsAll => Shown == All(Resized);

    /// <param name="resize">Applied to the part.</param>
    /// <param name="cut">Applied to the resized part; null keeps all of it.</param>
    public static ThumbnailLayout Of(PixelSize part, Geometry resize, Cut? cut)
    {
        PixelSize resized = resize.Resize(part);
        return new ThumbnailLayout(resized, cut?.ResolveFor(resized) ?? All(resized)).Bounded();
    }

    private static CropArea All(PixelSize size) => new(size.Width, size.Height, 0, 0);

    // If it would be too large, the same picture is made smaller.
    private ThumbnailLayout Bounded()
    {
        double scale = Math.Min(Math.Sqrt(ThumbnailLimits.MaxPixels / (double)Size.Pixels), (double)ThumbnailLimits.MaxSide / Math.Max(Size.Width, Size.Height));
        return scale >= 1 ? this : new ThumbnailLayout(
            new PixelSize(Side(Resized.Width), Side(Resized.Height)),
            new CropArea(Side(Shown.Width), Side(Shown.Height), (int)Math.Floor(Shown.X * scale), (int)Math.Floor(Shown.Y * scale)));

        int Side(int length) => Math.Max(1, (int)Math.Floor(length * scale));
    }
}
