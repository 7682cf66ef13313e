using System.Diagnostics.CodeAnalysis;

namespace ImageBackend.Domain;

/// <summary>A part of a picture, by a size, a gravity and an offset, as ImageMagick's <c>-crop</c> and <c>-extent</c> have it: <c>200x200</c>, <c>50%x100%+10-5</c>.</summary>
public sealed record Cut
{
    private readonly GeometryText _words;

    private Cut(string text, GeometryText words, Gravity gravity, bool isCanvas) => (Text, _words, Gravity, IsCanvas) = (text, words, gravity, isCanvas);

    /// <summary>Where the offset counts from, inwards.</summary>
    public Gravity Gravity { get; }

    /// <summary>Whether all of the area is shown, also what lies beside the picture (<c>-extent</c>); if not, only what lies on it (<c>-crop</c>).</summary>
    public bool IsCanvas { get; }

    /// <summary>Whether a side that is not written is the picture's own.</summary>
    public bool TakesSidesOfPicture => _words.Width is null || _words.Height is null;

    /// <summary>The most pixels that it can show; null where that depends on the picture.</summary>
    public long? MaxPixels => _words.IsPercent || TakesSidesOfPicture ? null : SizeOn(default).Pixels;

    private string Text { get; }

    /// <summary>All of an area of this size.</summary>
    public static Cut Extent(PixelSize size, Gravity gravity = Gravity.Center) =>
        TryParseExtent(size.ToString(), gravity, out Cut? cut) ? cut : throw new FormatException($"'{size}' is not a valid size of a picture.");

    /// <summary>Takes the value of <c>-extent</c>.</summary>
    public static bool TryParseExtent([NotNullWhen(true)] string? text, Gravity gravity, [NotNullWhen(true)] out Cut? result) =>
        TryParse(text, gravity, isCanvas: true, out result);

    /// <summary>Takes the value of <c>-crop</c>, with an offset: without one it makes tiles, many pictures of one.</summary>
    public static bool TryParseCrop([NotNullWhen(true)] string? text, Gravity gravity, [NotNullWhen(true)] out Cut? result)
    {
        bool isCrop = TryParse(text, gravity, isCanvas: false, out result) && result._words.X is not null;
        result = isCrop ? result : null;
        return isCrop;
    }

    /// <summary>The area of a picture that is shown: of a canvas, also beside the picture.</summary>
    /// <returns>Where nothing of the picture would be shown, the pixel next to the area; ImageMagick makes an empty one there.</returns>
    public CropArea ResolveFor(PixelSize picture)
    {
        PixelSize size = SizeOn(picture);
        (int x, int y) = Gravity.OffsetOf(size, picture, _words.X ?? 0, _words.Y ?? 0);
        if (IsCanvas)
        {
            // Wherever it lies beside the picture it shows the same.
            return new CropArea(size.Width, size.Height, Math.Clamp(x, -size.Width, picture.Width), Math.Clamp(y, -size.Height, picture.Height));
        }

        return new CropArea(size.Width, size.Height, x, y).TryClip(picture, out PixelRect part)
            ? new CropArea(part.Width, part.Height, part.X, part.Y)
            : new CropArea(1, 1, Math.Clamp(x, 0, picture.Width - 1), Math.Clamp(y, 0, picture.Height - 1));
    }

    public override string ToString() => IsCanvas ? Text : $"crop {Text}";

    private static bool TryParse(string? text, Gravity gravity, bool isCanvas, [NotNullWhen(true)] out Cut? result)
    {
        // The flag ! is about a canvas that no thumbnail keeps.
        bool isCut = GeometryText.TryParse(text, out GeometryText? words) && words.Flags.All(flag => flag is '%' || (flag is '!' && !isCanvas))
            && (words.IsPercent || (IsSide(words.Width) && IsSide(words.Height)));
        result = isCut ? new Cut(text!, words!, gravity, isCanvas) : null;
        return isCut;

        static bool IsSide(double? side) => side is null || GeometryText.Round(side.Value) is >= 1 and <= ThumbnailLimits.MaxSide;
    }

    private PixelSize SizeOn(PixelSize picture)
    {
        PixelSize size = _words.IsPercent ? _words.PercentOf(picture) : new(GeometryText.Round(_words.Width ?? 0), GeometryText.Round(_words.Height ?? 0));
        // ImageMagick takes a side of nothing for all, also where a small share was rounded down to it.
        return new PixelSize(size.Width == 0 ? picture.Width : size.Width, size.Height == 0 ? picture.Height : size.Height);
    }
}
