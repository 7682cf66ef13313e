namespace ImageBackend.Domain;

/// <summary>How thumbnails are encoded as WebP or AVIF.</summary>
/// <param name="Quality">1 to 100.</param>
/// <param name="Effort">More effort means fewer bytes and more CPU time: 0 to 6 for WebP, 0 to 9 for AVIF.</param>
public sealed record ModernEncoder(int Quality, int Effort)
{
    // Measured (docs/adr/0007): photos have the same SSIM as the JPEG at 90.
    public static readonly ModernEncoder WebP = new(90, 4);
    public static readonly ModernEncoder Avif = new(78, 3);
}
