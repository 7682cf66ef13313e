using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>What requests to one image tell each other, also across processes. A mark too old to concern a request under way is ignored.</summary>
internal sealed class Marks(IImageMarks marks, TimeProvider time)
{
    /// <summary>Longer than any request takes, and than any two clocks differ.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public async Task<Tombstone?> FindTombstoneAsync(ImageKey key, CancellationToken cancellationToken) =>
        await FindAsync(MarkKind.Deleted, key, cancellationToken) is { } text ? Tombstone.Parse(text) : null;

    /// <summary>Marks an image as deleted, before any of it is removed. The intent comes first, so that a removal that is cut off is finished.</summary>
    public async Task BuryAsync(ImageKey key, Tombstone tombstone, CancellationToken cancellationToken)
    {
        await marks.SetAsync(MarkKind.Deleting, key, "", cancellationToken);
        await marks.SetAsync(MarkKind.Deleted, key, tombstone.ToString(), cancellationToken);
    }

    /// <summary>Notes that nothing of a deleted image is left.</summary>
    public Task IsRemovedAsync(ImageKey key) => marks.RemoveAsync(MarkKind.Deleting, key, CancellationToken.None);

    /// <returns>The crop that was requested last, if that was recently.</returns>
    public async Task<CropArea?> FindCropAsync(ImageKey key, CancellationToken cancellationToken) =>
        CropArea.TryParse(await FindAsync(MarkKind.Crop, key, cancellationToken), out CropArea? crop) ? crop : null;

    public Task AskForCropAsync(ImageKey key, CropArea crop, CancellationToken cancellationToken) =>
        marks.SetAsync(MarkKind.Crop, key, crop.ToString(), cancellationToken);

    /// <summary>Forgets that an image was deleted, or is about to be: it is wanted again.</summary>
    public async Task ForgetAsync(ImageKey key, CancellationToken cancellationToken)
    {
        Task<ImageMark?> intent = marks.FindAsync(MarkKind.Deleting, key, cancellationToken); // at any age, since it is finished at any age
        Task<Tombstone?> tombstone = FindTombstoneAsync(key, cancellationToken);
        await Task.WhenAll(intent, tombstone);
        foreach (MarkKind kind in await intent is null && await tombstone is null ? [] : new[] { MarkKind.Deleting, MarkKind.Crop, MarkKind.Deleted })
        {
            await marks.RemoveAsync(kind, key, cancellationToken);
        }
    }

    private async Task<string?> FindAsync(MarkKind kind, ImageKey key, CancellationToken cancellationToken) =>
        await marks.FindAsync(kind, key, cancellationToken) is { } mark && mark.WrittenAt > time.GetUtcNow() - Lifetime ? mark.Text : null;
}

/// <summary>What is remembered about a removed image.</summary>
/// <param name="Turned">Null if it was deleted.</param>
internal sealed record Tombstone(Turned? Turned = null)
{
    public static Tombstone Parse(string text) =>
        text.Split(' ') is [var into, var by, var width, var height]
        && ImageKey.TryParse(into, out ImageKey? key)
        && Rotation.TryParse(by, out Rotation? rotation)
        && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int pixelsWide)
        && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out int pixelsHigh)
            ? new Tombstone(new Turned(key, rotation, new PixelSize(pixelsWide, pixelsHigh)))
            : new Tombstone();

    public override string ToString() =>
        Turned is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Turned.Into} {Turned.By.Degrees} {Turned.Size.Width} {Turned.Size.Height}");
}

/// <param name="Into">The image that replaced it.</param>
/// <param name="Size">The upright picture's size before the turn.</param>
internal sealed record Turned(ImageKey Into, Rotation By, PixelSize Size);
