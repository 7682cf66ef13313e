using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Makes thumbnails of one original and stores them with their recipes.</summary>
internal sealed class ThumbnailWriter(ThumbnailSet set, IImageProcessor processor, IWorkspaces workspaces)
{
    private const string OriginalName = "original";

    /// <summary>Makes all base thumbnails of a file in a workspace and puts them into a storage.</summary>
    /// <exception cref="InvalidImageException">Not decodable to its end; nothing was stored.</exception>
    public Task WriteAllAsync(
        IWorkspace workspace, string fileName, ImageKey original, IImageStorage storage, CancellationToken cancellationToken) =>
        WriteAsync(workspace, fileName, original, set.Specs, storage, cancellationToken);

    /// <summary>Makes what a storage lacks of an image's base thumbnails; does nothing when all are there.</summary>
    /// <param name="source">Where the original is.</param>
    /// <returns>Whether any was made.</returns>
    /// <exception cref="ImageNotFoundException">The original is needed and not there.</exception>
    /// <exception cref="InvalidImageException">The original is needed and not decodable.</exception>
    public async Task<bool> CompleteAsync(ImageKey original, IImageStorage source, IImageStorage storage, CancellationToken cancellationToken)
    {
        bool[] there = await Task.WhenAll(set.Specs.Select(spec => storage.ExistsAsync(original.Thumbnail(spec), cancellationToken)));
        ThumbnailSpec[] missing = [.. set.Specs.Where((_, i) => !there[i])];
        if (missing.Length == 0)
        {
            return false;
        }

        using IWorkspace workspace = workspaces.Open();
        await using (OpenedImage opened = await source.OpenReadAsync(original, cancellationToken))
        {
            await workspace.ReceiveAsync(OriginalName, opened.Content, long.MaxValue - 1, cancellationToken);
        }

        await WriteAsync(workspace, OriginalName, original, missing, storage, cancellationToken);
        return true;
    }

    private async Task WriteAsync(
        IWorkspace workspace,
        string fileName,
        ImageKey original,
        IReadOnlyList<ThumbnailSpec> specs,
        IImageStorage storage,
        CancellationToken cancellationToken)
    {
        ThumbnailTarget[] targets =
            [.. specs.Select(spec => new ThumbnailTarget(spec, original.Format.OfThumbnail, workspace.PathOf(original.Thumbnail(spec).ToString())))];
        await processor.MakeThumbnailsAsync(workspace.PathOf(fileName), original.Format, targets, cancellationToken);
        await Task.WhenAll(targets.Select(PutAsync));

        async Task PutAsync(ThumbnailTarget target)
        {
            ImageKey key = original.Thumbnail(target.Spec, target.Format);
            await using Stream content = workspace.OpenRead(key.ToString());
            await storage.PutAsync(key, content, new ImageProperties(Recipe: Recipe.Of(target.Spec, target.Format)), cancellationToken);
        }
    }
}
