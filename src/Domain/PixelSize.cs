namespace ImageBackend.Domain;

/// <summary>Width and height in pixels of the upright picture.</summary>
public readonly record struct PixelSize(int Width, int Height)
{
    public long Pixels => (long)Width * Height;

    public override string ToString() => $"{Width}x{Height}";
}
