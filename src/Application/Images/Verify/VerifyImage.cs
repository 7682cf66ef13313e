using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Verify;

/// <summary>Checks one image, or a thumbnail that has no original, in both storages; repairs what can be made from what is there.</summary>
public sealed record VerifyImage(ImageKey Key) : IRequest<Verdict>, IOfImage
{
    string? IOfImage.Image => Key.ToString();

    /// <summary>Decodes the original, compares the sizes of its thumbnails, looks for a location that must not be revealed.</summary>
    public bool Decode { get; init; }

    /// <summary>Remakes what is missing or wrong, removes what has no original.</summary>
    public bool Repair { get; init; }
}

/// <param name="Findings">Empty if everything is as it should be.</param>
public sealed record Verdict(IReadOnlyList<Finding> Findings);

internal sealed class VerifyImageHandler(
    ImageStores stores, IAccessCheck access, ThumbnailSet set, PictureCheck pictures, Regenerator regenerator, ImageRemover remover, TimeProvider time)
    : IRequestHandler<VerifyImage, Verdict>
{
    public async Task<Verdict> Handle(VerifyImage request, CancellationToken cancellationToken)
    {
        ImageKey key = request.Key;
        StoredImage? active = await stores.Active.FindAsync(key, cancellationToken);
        if (active is not null && (!set.IsOriginal(key) || active.Properties.Recipe is not null))
        {
            return new Verdict(await CheckThumbnailAsync(active, request, cancellationToken));
        }

        StoredImage? incoming = await stores.Incoming.FindAsync(key, cancellationToken);
        if (active is null && incoming is null)
        {
            // A publish may have moved it between the two looks.
            active = await stores.Active.FindAsync(key, cancellationToken) ?? throw new ImageNotFoundException(key, "incoming or active");
        }

        List<Finding> findings = [];
        if (incoming is not null && IsSettled(incoming))
        {
            findings.AddRange(await CheckUploadAsync(incoming, isPublished: active is not null, cancellationToken));
        }

        if (active is not null)
        {
            findings.AddRange(await CheckPublishedAsync(active, request, cancellationToken));
        }

        return new Verdict(findings);
    }

    // An image under way is not judged.
    private bool IsSettled(StoredImage found) => found.WrittenAt < time.GetUtcNow() - UnderWay.MaxTime;

    private async Task<Finding[]> CheckThumbnailAsync(StoredImage thumbnail, VerifyImage request, CancellationToken cancellationToken)
    {
        ImageKey key = thumbnail.Key;
        if (!IsSettled(thumbnail)
            // Its publish is at work, or was cut off. It clears incoming once the original is in active, so incoming comes first.
            || await stores.Incoming.HasOriginalOfAsync(key, set, cancellationToken)
            || await stores.Active.HasOriginalOfAsync(key, set, cancellationToken))
        {
            return [];
        }

        // Only what is known to be a thumbnail: an older site may have an original whose name ends like one.
        bool isOurs = thumbnail.Properties.Recipe is not null;
        if (request.Repair && isOurs)
        {
            await stores.Active.DeleteAsync(key, CancellationToken.None);
            if (await MakeAnewIfPublishedAsync(key))
            {
                return [];
            }
        }

        return [new Finding(FindingKind.Orphaned, key.ToString(), request.Repair && isOurs)];
    }

    // A request may just have published the image that it belongs to: the same change sent again, or a migration.
    private async Task<bool> MakeAnewIfPublishedAsync(ImageKey thumbnail)
    {
        bool isPublished = false;
        foreach (ImageKey original in set.OriginalsOf(thumbnail))
        {
            if (await stores.Active.ExistsAsync(original, CancellationToken.None))
            {
                isPublished = true;
                await TryMakeAsync(original, new ThumbnailSelection(), CancellationToken.None);
            }
        }

        return isPublished;
    }

    private async Task<IEnumerable<Finding>> CheckUploadAsync(StoredImage original, bool isPublished, CancellationToken cancellationToken)
    {
        if (isPublished || (await Task.WhenAll(set.BaseKeysOf(original.Key).Select(one => stores.Active.ExistsAsync(one, cancellationToken)))).Contains(true))
        {
            return [new Finding(FindingKind.Unfinished, original.Key.ToString(), IsRepaired: false)];
        }

        // Nothing is made here, since a publish may be emptying incoming; it makes whatever is missing itself.
        (ImageKey Key, StoredImage? Found)[] all = await Task.WhenAll(set.BaseKeysOf(original.Key).Select(
            async one => (one, await stores.Incoming.FindAsync(one, cancellationToken))));
        return all.Prepend((Key: original.Key, Found: original))
            .Where(one => one.Found is null or { Bytes: 0 })
            .Select(one => new Finding(one.Found is null ? FindingKind.Missing : FindingKind.Empty, one.Key.ToString(), IsRepaired: false));
    }

    private async Task<IEnumerable<Finding>> CheckPublishedAsync(StoredImage original, VerifyImage request, CancellationToken cancellationToken)
    {
        ImageKey key = original.Key;
        if (original.Bytes == 0)
        {
            return [new Finding(FindingKind.Empty, key.ToString(), IsRepaired: false)];
        }

        (StoredImage? Found, Regenerator.Due? Due)[] thumbnails = await regenerator.LookAsync(original, new ThumbnailSelection(), cancellationToken);
        List<Finding> wrong = request.Decode ? await pictures.CheckAsync(key, original.Properties.Crop, cancellationToken) : [];
        List<Finding> findings =
        [
            .. thumbnails.Select(one => one.Due).OfType<Regenerator.Due>().Select(one => new Finding(
                one.Reason == DueReason.Missing ? FindingKind.Missing : FindingKind.Stale, key.Thumbnail(one.Spec, one.Format).ToString(), IsRepaired: false))
                .Where(finding => !wrong.Any(one => one.Key == finding.Key)), // what was replaced is stale, too
            .. wrong,
        ];
        Finding[] inside = [.. request.Repair && findings.Count > 0 ? await RepairAsync(original, findings, cancellationToken) : findings];
        // Thumbnails that were remade are served as configured.
        StoredImage[] left =
        [
            original,
            .. thumbnails.Select(one => one.Found).OfType<StoredImage>().Where(one => !inside.Any(finding => finding.IsRepaired && finding.Key == one.Key.ToString())),
        ];
        return [.. inside, .. await CheckServingAsync(left, request.Repair, cancellationToken)];
    }

    private async Task<List<Finding>> CheckServingAsync(StoredImage[] all, bool repair, CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        bool[] right = await Task.WhenAll(all.Select(one => access.HasConfiguredAccessAsync(one, cancellationToken)));
        foreach (ImageKey key in all.Zip(right).Where(one => !one.Second).Select(one => one.First.Key))
        {
            // What is kept beside it is read at the last moment, and written back with the headers.
            StoredImage? found = repair ? await stores.Active.FindAsync(key, cancellationToken) : null;
            if (found is not null)
            {
                await stores.Active.SetPropertiesAsync(key, found.Properties, cancellationToken);
            }

            findings.Add(new Finding(FindingKind.ServedWrong, key.ToString(), IsRepaired: found is not null));
        }

        // Some storages do it by a copy of the object onto itself, which may end after the image was deleted.
        if (findings.Any(finding => finding.IsRepaired) && await remover.TakeBackUnlessPublishedAsync(all[0].Key))
        {
            // A thumbnail that was replaced just when its headers were set has lost its recipe. If it can't be made, that is already reported.
            await TryMakeAsync(all[0].Key, new ThumbnailSelection(), cancellationToken);
        }

        return findings;
    }

    private async Task<IEnumerable<Finding>> RepairAsync(StoredImage original, List<Finding> findings, CancellationToken cancellationToken)
    {
        ImageKey key = original.Key;
        ImageKey[] wrong = [.. findings.Where(finding => finding.Kind is FindingKind.WrongSize or FindingKind.Undecodable).Select(finding => ImageKey.Parse(finding.Key))];
        string[] suffixes = [.. set.Specs.Where(spec => wrong.Contains(key.Thumbnail(spec))).Select(spec => spec.Suffix)];
        bool isMade = await TryMakeAsync(key, new ThumbnailSelection(), cancellationToken);
        if (suffixes.Length > 0)
        {
            ThumbnailSelection again = new() { Suffixes = suffixes, Formats = [key.Format.ThumbnailFormat], UpToDate = true };
            isMade &= await TryMakeAsync(key, again, cancellationToken);
        }

        HashSet<string> left = [key.ToString()];
        if (!isMade)
        {
            Finding undecodable = new(FindingKind.Undecodable, key.ToString(), IsRepaired: false);
            if ((await pictures.CheckAsync(key, original.Properties.Crop, cancellationToken)).Contains(undecodable))
            {
                return findings.Contains(undecodable) ? findings : findings.Append(undecodable); // its thumbnails stay as they are
            }

            // An encoder refuses the picture, which costs only its format.
            left.UnionWith((await regenerator.LookAsync(original, new ThumbnailSelection(), cancellationToken))
                .Select(one => one.Due).OfType<Regenerator.Due>().Select(one => key.Thumbnail(one.Spec, one.Format).ToString()));
        }

        return findings.Select(finding => finding with { IsRepaired = !left.Contains(finding.Key) });
    }

    /// <returns>Whether all that was due is made.</returns>
    private async Task<bool> TryMakeAsync(ImageKey key, ThumbnailSelection selection, CancellationToken cancellationToken)
    {
        try
        {
            await regenerator.RegenerateAsync(key, selection, RegenerateMode.Write, cancellationToken);
            return true;
        }
        catch (InvalidImageException)
        {
            return false;
        }
    }
}
