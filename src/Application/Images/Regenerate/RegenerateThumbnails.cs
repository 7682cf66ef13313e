using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Regenerate;

/// <summary>Remakes a published image's thumbnails if they are missing or stale. Its original is read, never written.</summary>
/// <param name="Key">The original's.</param>
public sealed record RegenerateThumbnails(ImageKey Key) : IRequest<RegeneratedThumbnails>, IOfImage
{
    string? IOfImage.Image => Key.ToString();

    public ThumbnailSelection Selection { get; init; } = new();

    public RegenerateMode Mode { get; init; } = RegenerateMode.Write;
}

public enum RegenerateMode
{
    Write,

    /// <summary>Makes them, to know their size, but stores nothing.</summary>
    Trial,

    /// <summary>Makes nothing.</summary>
    Look,
}

/// <param name="Thumbnails">What was (or would be) made; empty when everything is as it should be.</param>
public sealed record RegeneratedThumbnails(IReadOnlyList<RegeneratedThumbnail> Thumbnails);

/// <param name="Reason">Why it was due.</param>
/// <param name="Bytes">The size of the new file; 0 when nothing was made.</param>
public sealed record RegeneratedThumbnail(string Key, string Suffix, ImageFormat Format, DueReason Reason, long Bytes);

public enum DueReason
{
    Missing,
    Stale,

    /// <summary>It was requested, although it is up to date.</summary>
    Requested,
}

internal sealed class RegenerateThumbnailsValidator : AbstractValidator<RegenerateThumbnails>
{
    public RegenerateThumbnailsValidator(ThumbnailSet set) => RuleFor(request => request.Key).MustBeOriginal(set);
}

internal sealed class RegenerateThumbnailsHandler(Regenerator regenerator) : IRequestHandler<RegenerateThumbnails, RegeneratedThumbnails>
{
    public Task<RegeneratedThumbnails> Handle(RegenerateThumbnails request, CancellationToken cancellationToken) =>
        regenerator.RegenerateAsync(request.Key, request.Selection, request.Mode, cancellationToken);
}

/// <summary>Remakes a published image's thumbnails, for everything that finds some missing or wrong. The original is only read.</summary>
internal sealed class Regenerator(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, IWorkspaces workspaces)
{
    /// <exception cref="ImageNotFoundException">There is no such image; nothing that was made is kept.</exception>
    /// <exception cref="InvalidImageException">The original can't be decoded, and its old thumbnails stay; or one format can't be made.</exception>
    public async Task<RegeneratedThumbnails> RegenerateAsync(
        ImageKey key, ThumbnailSelection selection, RegenerateMode mode, CancellationToken cancellationToken)
    {
        while (true)
        {
            StoredImage original = await FindOriginalAsync(key, cancellationToken);
            if (original.Properties.Recipe is not null)
            {
                return new RegeneratedThumbnails([]); // it is itself a thumbnail, of a size that is no longer set
            }

            CropArea? crop = original.Properties.Crop;
            Due[] due = [.. (await LookAsync(original, selection, cancellationToken)).Select(one => one.Due).OfType<Due>()];
            if (due.Length == 0 || mode == RegenerateMode.Look)
            {
                return Answer(key, due, workspace: null);
            }

            using IWorkspace workspace = workspaces.Open();
            await workspace.FetchAsync(stores.Active, key, cancellationToken);
            SourceImage source = new(workspace, OriginalFile.Name, key, crop);
            (IReadOnlyList<MadeThumbnail> made, InvalidImageException? refusal) = await MakeAsync(source, due, cancellationToken);
            if (mode == RegenerateMode.Write)
            {
                await thumbnails.StoreAsync(source, made, stores.Active, cancellationToken);
                Array.ForEach(due, one => Measures.Remake(one.Format.ToString(), one.Reason.ToString().ToLowerInvariant()));
                // If the image was deleted in between, nothing of it may come back; with another crop, they have to be made again.
                if (await CropNowAsync(key) != crop)
                {
                    continue;
                }
            }

            return refusal is null ? Answer(key, due, workspace) : throw refusal;
        }
    }

    /// <returns>For each selected thumbnail of an image that was just found: what was found, and why it is due, if it is.</returns>
    public Task<(StoredImage? Found, Due? Due)[]> LookAsync(StoredImage original, ThumbnailSelection selection, CancellationToken cancellationToken) =>
        Task.WhenAll(selection.Of(original.Key, set).Select(async one =>
        {
            StoredImage? thumbnail = await stores.Active.FindAsync(original.Key.Thumbnail(one.Spec, one.Format), cancellationToken);
            // A thumbnail with no bytes was left by a crash of an older site.
            DueReason? reason = thumbnail is null or { Bytes: 0 } ? selection.Missing ? DueReason.Missing : null
                : IsStale(thumbnail, one.Spec, one.Format, original.Properties.Crop, selection.OtherEngine) ? selection.Stale ? DueReason.Stale : null
                : null;
            reason ??= selection.UpToDate ? DueReason.Requested : null;
            return (thumbnail, reason is { } because ? new Due(one.Spec, one.Format, because) : null);
        }));

    // A thumbnail by another engine looks the same, and to make millions anew for a try of the other one is for the site to say.
    private bool IsStale(StoredImage thumbnail, ThumbnailSpec spec, ImageFormat format, CropArea? crop, bool otherEngine) => otherEngine
        ? thumbnail.Properties.Recipe != thumbnails.RecipeOf(spec, format, crop)
        : !Recipe.Matches(thumbnail.Properties.Recipe, spec, format, crop);

    private async Task<StoredImage> FindOriginalAsync(ImageKey key, CancellationToken cancellationToken) =>
        await stores.Active.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, ImageStores.ActiveName);

    /// <returns>What could be made, and why a format could not be. If the original can't be decoded, none can: then it throws.</returns>
    private async Task<(IReadOnlyList<MadeThumbnail> Made, InvalidImageException? Refusal)> MakeAsync(
        SourceImage source, Due[] due, CancellationToken cancellationToken)
    {
        try
        {
            return (await TryAsync(due), null);
        }
        catch (InvalidImageException refusal)
        {
            // An encoder may refuse a picture, or take too long for it: then only its format is lost.
            List<MadeThumbnail> made = [];
            IGrouping<ImageFormat, Due>[] formats = [.. due.GroupBy(one => one.Format)];
            foreach (IGrouping<ImageFormat, Due> alone in formats.Length > 1 ? formats : [])
            {
                try
                {
                    made.AddRange(await TryAsync(alone));
                }
                catch (InvalidImageException)
                {
                    // That is already reported.
                }
            }

            if (made.Count == 0)
            {
                throw;
            }

            return (made, refusal);
        }

        Task<IReadOnlyList<MadeThumbnail>> TryAsync(IEnumerable<Due> some) =>
            thumbnails.MakeAsync(source, some.Select(one => (one.Spec, one.Format)), cancellationToken);
    }

    /// <exception cref="ImageNotFoundException">The image was deleted meanwhile; nothing that was made is kept.</exception>
    private async Task<CropArea?> CropNowAsync(ImageKey key)
    {
        try
        {
            return (await FindOriginalAsync(key, CancellationToken.None)).Properties.Crop;
        }
        catch (ImageNotFoundException)
        {
            await stores.Active.RemoveThumbnailsOfAsync(key, set);
            throw;
        }
    }

    private static RegeneratedThumbnails Answer(ImageKey key, Due[] due, IWorkspace? workspace) => new(
    [
        .. due.Select(one => key.Thumbnail(one.Spec, one.Format)).Zip(due, (thumbnail, one) => new RegeneratedThumbnail(
            thumbnail.ToString(), one.Spec.Suffix, one.Format, one.Reason, workspace is null ? 0 : BytesOf(workspace, thumbnail))),
    ]);

    private static long BytesOf(IWorkspace workspace, ImageKey thumbnail)
    {
        using Stream content = workspace.OpenRead(thumbnail.ToString());
        return content.Length;
    }

    /// <summary>A thumbnail that has to be made.</summary>
    public sealed record Due(ThumbnailSpec Spec, ImageFormat Format, DueReason Reason);
}
