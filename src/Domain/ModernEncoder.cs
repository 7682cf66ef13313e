namespace ImageBackend.Domain;

/// <summary>How thumbnails are encoded as WebP or AVIF.</summary>
/// <param name="Quality">1 to 100.</param>
/// <param name="Effort">The more, the fewer bytes and the more CPU time: of WebP 0 to 6, of AVIF 0 to 9.</param>
public sealed record ModernEncoder(int Quality, int Effort)
{
    // As measured (docs/adr/0007): photos have the SSIM of the JPEG at 90.
    public static readonly ModernEncoder WebP = new(90, 4);
    public static readonly ModernEncoder Avif = new(78, 3);
}
