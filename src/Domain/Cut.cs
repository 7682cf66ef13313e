using System.Diagnostics.CodeAnalysis;

namespace ImageBackend.Domain;

/// <summary>A part of a picture: size, gravity and offset, as in ImageMagick's <c>-crop</c> and <c>-extent</c>: <c>200x200</c>, <c>50%x100%+10-5</c>.</summary>
public sealed record Cut
{
    private readonly GeometryText _words;

    private Cut(string text, GeometryText words, Gravity gravity, bool isCanvas) => (Text, _words, Gravity, IsCanvas) = (text, words, gravity, isCanvas);

    /// <summary>Where the offset is counted from, inwards.</summary>
    public Gravity Gravity { get; }

    /// <summary>Whether the whole area is shown, even outside the picture (<c>-extent</c>), or only what lies inside it (<c>-crop</c>).</summary>
    public bool IsCanvas { get; }

    /// <summary>Whether a side is not given, and so is the picture's own.</summary>
    public bool TakesSidesOfPicture => _words.Width is null || _words.Height is null;

    /// <summary>The most pixels that it can show; null if that depends on the picture.</summary>
    public long? MaxPixels => _words.IsPercent || TakesSidesOfPicture ? null : SizeOn(default).Pixels;

    private string Text { get; }

    /// <summary>A canvas of this size.</summary>
    public static Cut Extent(PixelSize size, Gravity gravity = Gravity.Center) =>
        TryParseExtent(size.ToString(), gravity, out Cut? cut) ? cut : throw new FormatException($"'{size}' is not a valid size of a picture.");

    /// <summary>Parses a value of <c>-extent</c>.</summary>
    public static bool TryParseExtent([NotNullWhen(true)] string? text, Gravity gravity, [NotNullWhen(true)] out Cut? result) =>
        TryParse(text, gravity, isCanvas: true, out result);

    /// <summary>Parses a value of <c>-crop</c>. It needs an offset: without one, ImageMagick makes tiles, many pictures from one.</summary>
    public static bool TryParseCrop([NotNullWhen(true)] string? text, Gravity gravity, [NotNullWhen(true)] out Cut? result)
    {
        bool isCrop = TryParse(text, gravity, isCanvas: false, out result) && result._words.X is not null;
        result = isCrop ? result : null;
        return isCrop;
    }

    /// <summary>The area of a picture that is shown; that of a canvas may extend beyond the picture.</summary>
    /// <returns>If nothing of the picture would be shown, the pixel next to the area; ImageMagick makes an empty picture then.</returns>
    public CropArea ResolveFor(PixelSize picture)
    {
        PixelSize size = SizeOn(picture);
        (int x, int y) = Gravity.OffsetOf(size, picture, _words.X ?? 0, _words.Y ?? 0);
        if (IsCanvas)
        {
            // It shows the same wherever it lies outside the picture.
            return new CropArea(size.Width, size.Height, Math.Clamp(x, -size.Width, picture.Width), Math.Clamp(y, -size.Height, picture.Height));
        }

        return new CropArea(size.Width, size.Height, x, y).TryClip(picture, out PixelRect part)
            ? new CropArea(part.Width, part.Height, part.X, part.Y)
            : new CropArea(1, 1, Math.Clamp(x, 0, picture.Width - 1), Math.Clamp(y, 0, picture.Height - 1));
    }

    public override string ToString() => IsCanvas ? Text : $"crop {Text}";

    private static bool TryParse(string? text, Gravity gravity, bool isCanvas, [NotNullWhen(true)] out Cut? result)
    {
        // The flag ! affects a canvas that no thumbnail keeps.
        bool isCut = GeometryText.TryParse(text, out GeometryText? words) && words.Flags.All(flag => flag is '%' || (flag is '!' && !isCanvas))
            && (words.IsPercent || (IsSide(words.Width) && IsSide(words.Height)));
        result = isCut ? new Cut(text!, words!, gravity, isCanvas) : null;
        return isCut;

        static bool IsSide(double? side) => side is null || GeometryText.Round(side.Value) is >= 1 and <= ThumbnailLimits.MaxSide;
    }

    private PixelSize SizeOn(PixelSize picture)
    {
        PixelSize size = _words.IsPercent ? _words.PercentOf(picture) : new(GeometryText.Round(_words.Width ?? 0), GeometryText.Round(_words.Height ?? 0));
        // ImageMagick takes a side of 0 to mean the whole side, even if a small percentage was rounded down to 0.
        return new PixelSize(size.Width == 0 ? picture.Width : size.Width, size.Height == 0 ? picture.Height : size.Height);
    }
}
