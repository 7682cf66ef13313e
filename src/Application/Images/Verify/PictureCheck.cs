using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Verify;

/// <summary>Checks the pictures themselves: whether an original can be decoded, and its thumbnails have the sizes that it gives.</summary>
internal sealed class PictureCheck(ImageStores stores, ThumbnailSet set, ThumbnailWriter thumbnails, IImageProcessor processor, IWorkspaces workspaces, PrivacyRules privacy)
{
    /// <summary>Checks only thumbnails in the format that every image has: WebP and AVIF are only ever written.</summary>
    public async Task<List<Finding>> CheckAsync(ImageKey original, CropArea? crop, CancellationToken cancellationToken)
    {
        using IWorkspace workspace = workspaces.Open();
        await workspace.FetchAsync(stores.Active, original, cancellationToken);
        (ThumbnailSpec Spec, ImageFormat Format)[] wanted = [.. set.Specs.Select(spec => (spec, original.Format.ThumbnailFormat))];
        try
        {
            await thumbnails.MakeAsync(new SourceImage(workspace, OriginalFile.Name, original, crop), wanted, cancellationToken);
        }
        catch (InvalidImageException)
        {
            return [new Finding(FindingKind.Undecodable, original.ToString(), IsRepaired: false)];
        }

        List<Finding> findings = await RevealsLocationAsync(workspace, original.Format, cancellationToken) ? [new Finding(FindingKind.Place, original.ToString(), IsRepaired: false)] : [];
        foreach (ImageKey key in set.BaseKeysOf(original))
        {
            if (await JudgeAsync(workspace, key, cancellationToken) is { } kind)
            {
                findings.Add(new Finding(kind, key.ToString(), IsRepaired: false));
            }
        }

        return findings;
    }

    private async Task<bool> RevealsLocationAsync(IWorkspace workspace, ImageFormat format, CancellationToken cancellationToken) =>
        privacy.Strip != Stripping.None
        && (await processor.ReadHeaderAsync(workspace.PathOf(OriginalFile.Name), format, cancellationToken)).Facts?.Gps is not null;

    private async Task<FindingKind?> JudgeAsync(IWorkspace workspace, ImageKey thumbnail, CancellationToken cancellationToken)
    {
        ImageHeader expected = await processor.ReadHeaderAsync(workspace.PathOf(thumbnail.ToString()), thumbnail.Format, cancellationToken);
        try
        {
            if (await stores.Active.FindAsync(thumbnail, cancellationToken) is not { Bytes: > 0 })
            {
                return null; // that is already reported
            }

            await workspace.FetchAsync(stores.Active, thumbnail, cancellationToken);
            ImageHeader actual = await processor.ReadHeaderAsync(workspace.PathOf(OriginalFile.Name), thumbnail.Format, cancellationToken);
            return actual.Size == expected.Size ? null : FindingKind.WrongSize;
        }
        catch (InvalidImageException)
        {
            return FindingKind.Undecodable;
        }
        catch (ImageNotFoundException)
        {
            return null;
        }
    }
}
