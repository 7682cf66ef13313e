using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Makes thumbnails of one original and stores them with their recipes.</summary>
internal sealed class ThumbnailWriter(ThumbnailSet set, IImageProcessor processor, IWorkspaces workspaces)
{
    /// <summary>Makes all thumbnails of an image in one format, and puts them into a storage.</summary>
    /// <returns>Those that were made.</returns>
    /// <exception cref="InvalidImageException">It can't be decoded to its end, or the crop lies outside; nothing was stored.</exception>
    public Task<IReadOnlyList<StoredThumbnail>> WriteAllAsync(
        SourceImage source, ImageFormat format, IImageStorage storage, CancellationToken cancellationToken) =>
        WriteAsync(source, format, set.Specs, storage, enter: null, cancellationToken);

    /// <summary>Makes an image's thumbnails in one format that a storage lacks; does nothing when all are there.</summary>
    /// <param name="crop">What they must show.</param>
    /// <param name="source">Where the original is.</param>
    /// <returns>Whether any was made.</returns>
    /// <exception cref="ImageNotFoundException">The original is needed and not there.</exception>
    /// <exception cref="InvalidImageException">The original is needed and not decodable, or the crop lies outside; nothing was stored.</exception>
    public Task<bool> CompleteAsync(
        ImageKey original, CropArea? crop, ImageFormat format, IImageStorage source, IImageStorage storage, CancellationToken cancellationToken) =>
        CompleteAsync(original, crop, format, source, storage, enter: null, cancellationToken);

    /// <inheritdoc cref="CompleteAsync(ImageKey, CropArea?, ImageFormat, IImageStorage, IImageStorage, CancellationToken)"/>
    /// <param name="enter">Waits for the image's turn, which lasts while they are stored; null: the caller has it, or needs none.</param>
    public async Task<bool> CompleteAsync(
        ImageKey original,
        CropArea? crop,
        ImageFormat format,
        IImageStorage source,
        IImageStorage storage,
        Func<Task<IDisposable>>? enter,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<ThumbnailSpec> missing = await FindMissingAsync(original, crop, format, storage, cancellationToken);
        if (missing.Count == 0)
        {
            return false;
        }

        using IWorkspace workspace = workspaces.Open();
        await workspace.FetchAsync(source, original, cancellationToken);
        await WriteAsync(new SourceImage(workspace, OriginalFile.Name, original, crop), format, missing, storage, enter, cancellationToken);
        return true;
    }

    /// <returns>The specs for which a storage has no thumbnail in a format, or one that shows something else.</returns>
    public async Task<IReadOnlyList<ThumbnailSpec>> FindMissingAsync(
        ImageKey original, CropArea? crop, ImageFormat format, IImageStorage storage, CancellationToken cancellationToken)
    {
        IReadOnlyList<FoundThumbnail> found = await FindAsync(original, [format], storage, cancellationToken);
        return [.. set.Specs.Where(spec => !found.Any(thumbnail => thumbnail.Spec == spec && thumbnail.MatchesCrop(crop)))];
    }

    /// <returns>An image's thumbnails that a storage has, whatever they show; looked up in parallel. An empty one, as crashes of other programs
    /// leave it, is not one.</returns>
    public async Task<IReadOnlyList<FoundThumbnail>> FindAsync(
        ImageKey original, IReadOnlyList<ImageFormat> formats, IImageStorage storage, CancellationToken cancellationToken)
    {
        FoundThumbnail?[] all = await Task.WhenAll(
            from spec in set.Specs from format in formats select FindOneAsync(original, spec, format, storage, cancellationToken));
        return [.. all.OfType<FoundThumbnail>()];
    }

    private static async Task<FoundThumbnail?> FindOneAsync(
        ImageKey original, ThumbnailSpec spec, ImageFormat format, IImageStorage storage, CancellationToken cancellationToken) =>
        await storage.FindAsync(original.Thumbnail(spec, format), cancellationToken) is { Bytes: > 0 } stored ? new FoundThumbnail(spec, format, stored) : null;

    /// <summary>Makes thumbnails of an image in its workspace; nothing is stored.</summary>
    /// <exception cref="InvalidImageException">It can't be decoded to its end, or the crop lies outside.</exception>
    public async Task<IReadOnlyList<MadeThumbnail>> MakeAsync(
        SourceImage source, IEnumerable<(ThumbnailSpec Spec, ImageFormat Format)> wanted, CancellationToken cancellationToken)
    {
        ThumbnailTarget[] targets =
            [.. wanted.Select(one => new ThumbnailTarget(one.Spec, one.Format, source.Workspace.PathOf(source.Key.Thumbnail(one.Spec, one.Format).ToString())))];
        MadePictures made = await processor.MakeThumbnailsAsync(
            source.Workspace.PathOf(source.FileName), source.Key.Format, source.Crop, targets, cancellationToken);
        return [.. targets.Zip(made.Sizes, (target, size) => new MadeThumbnail(target.Spec, target.Format, size, made.ThumbHash))];
    }

    /// <summary>Stores what <see cref="MakeAsync"/> made, with its recipes.</summary>
    public async Task<IReadOnlyList<StoredThumbnail>> StoreAsync(
        SourceImage source, IEnumerable<MadeThumbnail> made, IImageStorage storage, CancellationToken cancellationToken)
    {
        return await Task.WhenAll(made.Select(PutAsync));

        async Task<StoredThumbnail> PutAsync(MadeThumbnail thumbnail)
        {
            ImageKey key = source.Key.Thumbnail(thumbnail.Spec, thumbnail.Format);
            await using Stream content = source.Workspace.OpenRead(key.ToString());
            await storage.PutAsync(key, content, new ImageProperties(Recipe: RecipeOf(thumbnail.Spec, thumbnail.Format, source.Crop)), cancellationToken);
            return new StoredThumbnail(key, thumbnail.Spec, thumbnail.Size, content.Length, thumbnail.ThumbHash);
        }
    }

    /// <returns>The recipe of a thumbnail that is made now.</returns>
    public string RecipeOf(ThumbnailSpec spec, ImageFormat format, CropArea? crop) => Recipe.Of(spec, format, crop, processor.Engine);

    private async Task<IReadOnlyList<StoredThumbnail>> WriteAsync(
        SourceImage source,
        ImageFormat format,
        IReadOnlyList<ThumbnailSpec> specs,
        IImageStorage storage,
        Func<Task<IDisposable>>? enter,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<MadeThumbnail> made = await MakeAsync(source, specs.Select(spec => (spec, format)), cancellationToken);
        using IDisposable? turn = enter is null ? null : await enter();
        // The thumbnails of one image belong together: never some new ones beside some old ones.
        cancellationToken.ThrowIfCancellationRequested();
        return await StoreAsync(source, made, storage, CancellationToken.None);
    }
}

/// <summary>A thumbnail that was just made; its file in the workspace is named after its key.</summary>
/// <param name="ThumbHash">Of all that were made with it, as in <see cref="MadePictures"/>.</param>
internal sealed record MadeThumbnail(ThumbnailSpec Spec, ImageFormat Format, PixelSize Size, string? ThumbHash);

/// <summary>A thumbnail that was just made and stored.</summary>
/// <param name="ThumbHash">Of all that were made with it, as in <see cref="MadePictures"/>.</param>
internal sealed record StoredThumbnail(ImageKey Key, ThumbnailSpec Spec, PixelSize Size, long Bytes, string? ThumbHash);
