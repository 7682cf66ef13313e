using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Describe;

/// <summary>Tells what thumbnails an image has, and whether each is as the settings say.</summary>
internal sealed class ThumbnailDescriber(ThumbnailSet set, IImageProcessor processor)
{
    /// <param name="picture">The original's size; null: unknown.</param>
    /// <param name="workspace">For thumbnails whose size only a look at them tells; its file of the original is replaced.</param>
    public async Task<IReadOnlyList<DescribedThumbnail>> DescribeAsync(
        StoredImage original, PixelSize? picture, IImageStorage storage, IWorkspace workspace, CancellationToken cancellationToken)
    {
        Expected[] expected = [.. ExpectedOf(original.Key)];
        StoredImage?[] found = await Task.WhenAll(expected.Select(one => storage.FindAsync(one.Key, cancellationToken)));
        List<DescribedThumbnail> thumbnails = [];
        foreach ((Expected one, StoredImage? stored) in expected.Zip(found).Where(one => one.First.Spec is not null || one.Second is not null))
        {
            CropArea? crop = original.Properties.Crop;
            string? reason = WhyNotCurrent(one, stored, crop);
            PixelSize? size = stored is null ? null
                : reason is null ? SizeOf(one, picture, crop)
                : await ReadSizeAsync(one.Key, storage, workspace, cancellationToken);
            ThumbnailState state = stored is null ? ThumbnailState.Missing : reason is null ? ThumbnailState.Current : ThumbnailState.Stale;
            thumbnails.Add(new DescribedThumbnail(one.Key.Stem[original.Key.Stem.Length..], one.Key, stored?.Bytes ?? 0, size, state, reason));
        }

        return thumbnails;
    }

    /// <returns>The placeholder of the smallest of some thumbnails; null: none of them can be read.</returns>
    public async Task<string?> HashAsync(
        IReadOnlyList<DescribedThumbnail> found, IImageStorage storage, IWorkspace workspace, CancellationToken cancellationToken)
    {
        IEnumerable<DescribedThumbnail> readable = found.Where(one => one.Size is not null && one.Key.Format.IsUploaded);
        if (readable.MinBy(one => one.Size!.Value.Pixels) is not { } smallest)
        {
            return null;
        }

        try
        {
            await workspace.FetchAsync(storage, smallest.Key, cancellationToken);
            return await processor.HashAsync(workspace.PathOf(OriginalFile.Name), smallest.Key.Format, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidImageException or ImageNotFoundException)
        {
            return null;
        }
    }

    private IEnumerable<Expected> ExpectedOf(ImageKey original)
    {
        Expected[] made =
        [
            .. from format in set.ModernFormats.Prepend(original.Format.ThumbnailFormat)
               from spec in set.Specs
               select new Expected(original.Thumbnail(spec, format), spec),
        ];
        return [.. made, .. set.AllKeysOf(original).Except(made.Select(one => one.Key)).Select(key => new Expected(key, Spec: null))];
    }

    private static string? WhyNotCurrent(Expected expected, StoredImage? stored, CropArea? crop)
    {
        (ImageKey key, ThumbnailSpec? spec) = expected;
        return stored is null ? "It is not there, or not made yet."
            : stored.Bytes == 0 ? "It is empty, as a crash leaves it."
            : spec is null ? "Its size or format is no longer set."
            : stored.Properties.Recipe is not { } recipe ? "Nothing says how it was made: it is an older site's, or was replaced by another program."
            : Recipe.Matches(recipe, spec, key.Format, crop) ? null
            : crop is not null && Recipe.Matches(recipe, spec, key.Format) ? "It does not show the crop."
            : "It was made with other settings.";
    }

    // By its recipe it was made of this picture.
    private static PixelSize? SizeOf(Expected expected, PixelSize? picture, CropArea? crop)
    {
        if (picture is not { } all || expected.Spec is not { } spec)
        {
            return null;
        }

        PixelSize shown = crop is not null && crop.TryClip(all, out PixelRect part) ? part.Size : all;
        return expected.Key.Format.Bounded(spec.SizeOf(shown));
    }

    private async Task<PixelSize?> ReadSizeAsync(ImageKey key, IImageStorage storage, IWorkspace workspace, CancellationToken cancellationToken)
    {
        if (!key.Format.IsUploaded)
        {
            return null; // WebP and AVIF are only ever written
        }

        try
        {
            await workspace.FetchAsync(storage, key, cancellationToken);
            return (await processor.ReadHeaderAsync(workspace.PathOf(OriginalFile.Name), key.Format, cancellationToken)).Size;
        }
        catch (Exception exception) when (exception is InvalidImageException or ImageNotFoundException)
        {
            return null;
        }
    }

    /// <param name="Spec">Null: it is not made any more.</param>
    private sealed record Expected(ImageKey Key, ThumbnailSpec? Spec);
}
