namespace ImageBackend.Domain;

/// <summary>A part of a picture, in pixels of the upright picture; entirely inside it.</summary>
public readonly record struct PixelRect(int X, int Y, int Width, int Height)
{
    public PixelSize Size => new(Width, Height);
}
