using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Together.Tests;

/// <summary>An image as it should be stored.</summary>
/// <param name="Key">Key of the original.</param>
/// <param name="IsPublished">Whether it is in active, rather than in incoming.</param>
/// <param name="Size">Size of the upright picture.</param>
/// <param name="Colours">Colours of its four quadrants, from the upper left to the lower right.</param>
internal sealed record ExpectedImage(ImageKey Key, bool IsPublished, PixelSize Size, int Frames, IReadOnlyList<Rgb> Colours)
{
    /// <summary>What its thumbnails show; null: all of it.</summary>
    public CropArea? Crop { get; init; }

    public required IReadOnlyList<ThumbnailSpec> Specs { get; init; }

    /// <summary>The formats of its thumbnails besides its base format.</summary>
    public required IReadOnlyList<ImageFormat> Modern { get; init; }

    /// <summary>Hash of the original, in hexadecimal digits; null: not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The size of the original as stored, before its orientation is applied.</summary>
    public PixelSize Stored { get; init; } = Size;

    public IEnumerable<(ThumbnailSpec Spec, ImageFormat Format, ImageKey Key)> Thumbnails =>
        from format in Modern.Prepend(Key.Format.ThumbnailFormat).Distinct()
        from spec in Specs
        select (spec, format, Key.Thumbnail(spec, format));

    public IEnumerable<string> Names => Thumbnails.Select(one => one.Key.ToString()).Prepend(Key.ToString());

    public PixelRect Part
    {
        get
        {
            PixelRect part = new(0, 0, Size.Width, Size.Height);
            return Crop is null || Crop.TryClip(Size, out part) ? part : throw new InvalidOperationException($"{Crop} is beside {Size}.");
        }
    }

    /// <summary>The same picture, turned.</summary>
    public ExpectedImage Turned(Rotation rotation, ImageKey key)
    {
        int[] from = rotation.Degrees switch { 90 => [2, 0, 3, 1], -90 => [1, 3, 0, 2], _ => [3, 2, 1, 0] };
        PixelSize size = rotation.Degrees == 180 ? Size : new PixelSize(Size.Height, Size.Width);
        return this with
        {
            Key = key,
            Size = size,
            Stored = size,
            Colours = [.. from.Select(i => Colours[i])],
            Crop = Crop?.Turn(rotation, Size),
            Sha256 = null,
        };
    }

    /// <returns>The colour that a thumbnail has at a position; null: too close to where colours meet.</returns>
    /// <param name="x">From 0, the left side, to 1.</param>
    /// <param name="y">From 0, the upper side, to 1.</param>
    public Rgb? ColourAt(ThumbnailSpec spec, double x, double y)
    {
        PixelRect crop = Part;
        PixelRect part = spec.PartOf(crop.Size);
        ThumbnailLayout layout = spec.LayOutOn(part.Size);
        double inPictureX = (crop.X + part.X + ((layout.Shown.X + (x * layout.Shown.Width)) / layout.Resized.Width * part.Width)) / Size.Width;
        double inPictureY = (crop.Y + part.Y + ((layout.Shown.Y + (y * layout.Shown.Height)) / layout.Resized.Height * part.Height)) / Size.Height;
        bool isSure = Math.Min(layout.Shown.Width, layout.Shown.Height) >= 8 && Math.Min(Size.Width, Size.Height) >= 8
            && new[] { inPictureX, inPictureY }.All(place => place is > 0.02 and < 0.45 or > 0.55 and < 0.98);
        return isSure ? Colours[(inPictureY < 0.5 ? 0 : 2) + (inPictureX < 0.5 ? 0 : 1)] : null;
    }
}
