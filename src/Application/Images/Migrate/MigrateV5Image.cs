using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Images.Migrate;

/// <summary>Brings one image of an old site (V5) into active storage. Safe to send again: what is there is not made twice.</summary>
/// <param name="Key">Text of the original's <see cref="ImageKey"/>; of an image that has a drawing, the drawing's.</param>
/// <param name="Force">Whether an image that is there is fetched and remade. A crop that is kept with it stays.</param>
/// <param name="DryRun">Whether nothing is fetched and written; the answer tells what would be done.</param>
public sealed record MigrateV5Image(string? Key, bool Force = false, bool DryRun = false) : IRequest<MigratedImage>;

/// <param name="Bytes">That were fetched from the old site.</param>
public sealed record MigratedImage(MigrationOutcome Outcome, long Bytes = 0);

public enum MigrationOutcome
{
    /// <summary>It was there, with all its thumbnails.</summary>
    Skipped,

    /// <summary>It was there; missing thumbnails were made.</summary>
    Completed,

    Migrated,
}

internal sealed class MigrateV5ImageValidator : AbstractValidator<MigrateV5Image>
{
    public MigrateV5ImageValidator(ThumbnailSet set) => RuleFor(request => request.Key).MustBeOriginal(set);
}

internal sealed class MigrateV5ImageHandler(
    ImageStores stores,
    ThumbnailSet set,
    ThumbnailWriter thumbnails,
    OriginalPreparer intake,
    UploadLimits limits,
    IV5Originals originals,
    IMigrationLedger ledger,
    IWorkspaces workspaces,
    Marks marks,
    ImageRemover remover,
    ILogger<MigrateV5ImageHandler> logger)
    : IRequestHandler<MigrateV5Image, MigratedImage>
{
    // What the old site kept of a drawing in the database and beside it.
    private static readonly ImageFormat[] RastersOfDrawings = [ImageFormat.Jpeg, ImageFormat.Png];

    public async Task<MigratedImage> Handle(MigrateV5Image request, CancellationToken cancellationToken)
    {
        ImageKey key = ImageKey.Parse(request.Key!);
        ImageKey[] marks = [key, .. set.BaseKeysOf(key)];
        if (!request.Force && await ledger.HasAllAsync(marks, cancellationToken))
        {
            return new MigratedImage(MigrationOutcome.Skipped);
        }

        StoredImage? stored = await stores.Active.FindAsync(key, cancellationToken);
        bool isDue = stored is null || request.Force;
        if (request.DryRun)
        {
            return new MigratedImage(isDue ? MigrationOutcome.Migrated
                : await LacksAnyAsync(stored!, cancellationToken) ? MigrationOutcome.Completed
                : MigrationOutcome.Skipped);
        }

        MigratedImage migrated = isDue
            ? await MigrateAsync(key, stored?.StoredCrop(), cancellationToken)
            : await CompleteAsync(stored!, cancellationToken);
        if (key.Format == ImageFormat.Svg)
        {
            await RemoveRastersAsync(key, stored?.StoredCrop(), cancellationToken);
        }

        await ledger.MarkAsync(marks, cancellationToken);
        return migrated;
    }

    // All is checked and the thumbnails are made before the first is stored, so that what is refused leaves nothing. What a
    // fault or a kill leaves half done is thumbnails without an original, which the next run replaces.
    private async Task<MigratedImage> MigrateAsync(ImageKey key, CropArea? crop, CancellationToken cancellationToken)
    {
        using IWorkspace workspace = workspaces.Open();
        long bytes = await originals.FetchAsync(key, workspace, OriginalFile.Name, limits.MaxBytes, cancellationToken);
        limits.Check(bytes);
        PreparedOriginal original = await intake.CheckAsync(workspace, OriginalFile.Name, cancellationToken);
        if (original.Format != key.Format)
        {
            // A key is never rewritten: pages and the site's database name it.
            throw new InvalidImageException(
                InvalidImageException.UnsupportedFormat, $"Its name ends with .{key.Format}, but the file is a picture of the kind {original.Format}.");
        }

        // Whoever asks for it wants it there again, though it was deleted just before.
        await marks.ForgetAsync(key, cancellationToken);
        await thumbnails.WriteAllAsync(workspace, original.FileName, key, crop, key.Format.ThumbnailFormat, stores.Active, cancellationToken);
        foreach (ImageFormat format in set.ModernFormats)
        {
            await TryAsync(key, format, () => thumbnails.WriteAllAsync(
                workspace, original.FileName, key, crop, format, stores.Active, cancellationToken));
        }

        // The original comes last: whoever sees it in active finds all its thumbnails there.
        await using Stream content = workspace.OpenRead(original.FileName);
        await stores.Active.PutAsync(key, content, new ImageProperties(Crop: crop?.ToString()), cancellationToken);
        await ShouldStayAsync(key);
        return new MigratedImage(MigrationOutcome.Migrated, bytes);
    }

    private async Task<MigratedImage> CompleteAsync(StoredImage original, CancellationToken cancellationToken)
    {
        ImageKey key = original.Key;
        bool made = await thumbnails.CompleteAsync(
            key, original.StoredCrop(), key.Format.ThumbnailFormat, stores.Active, stores.Active, cancellationToken);
        foreach (ImageFormat format in set.ModernFormats)
        {
            await TryAsync(key, format, async () => made |= await thumbnails.CompleteAsync(
                key, original.StoredCrop(), format, stores.Active, stores.Active, cancellationToken));
        }

        if (made)
        {
            await ShouldStayAsync(key);
        }

        return new MigratedImage(made ? MigrationOutcome.Completed : MigrationOutcome.Skipped);
    }

    // The site may have deleted the image in between; nothing of it may come back.
    private async Task ShouldStayAsync(ImageKey key)
    {
        if (!await remover.TakeBackUnlessPublishedAsync(key))
        {
            throw new ImageNotFoundException(key, ImageStores.ActiveName);
        }
    }

    // An encoder that refuses one picture costs that format only.
    private async Task TryAsync(ImageKey key, ImageFormat format, Func<Task> make)
    {
        try
        {
            await make();
        }
        catch (InvalidImageException failure)
        {
            logger.LogWarning("No {Format} of {Key}: {Failure}", format, key, failure.Message);
        }
    }

    // Older migrations knew such an image by its raster. It goes only when the drawing is whole, its thumbnails (those that
    // have other keys than the drawing's) before it: as long as it is there, the next run takes up what was cut off here.
    private async Task RemoveRastersAsync(ImageKey drawing, CropArea? crop, CancellationToken cancellationToken)
    {
        foreach (ImageFormat format in RastersOfDrawings)
        {
            ImageKey raster = ImageKey.Parse($"{drawing.Stem}.{format}");
            if (!await stores.Active.ExistsAsync(raster, cancellationToken))
            {
                continue;
            }

            if (await stores.Active.FindAsync(drawing, cancellationToken) is not { Bytes: > 0 }
                || (await thumbnails.FindMissingAsync(drawing, crop, drawing.Format.ThumbnailFormat, stores.Active, cancellationToken)).Count > 0)
            {
                throw new StorageException(ImageStores.ActiveName, $"{drawing} was written but is not whole; {raster} stays.");
            }

            await stores.Active.DeleteAllAsync([.. set.AllKeysOf(raster).Except(set.AllKeysOf(drawing)), raster], cancellationToken);
        }
    }

    private async Task<bool> LacksAnyAsync(StoredImage original, CancellationToken cancellationToken)
    {
        foreach (ImageFormat format in (ImageFormat[])[original.Key.Format.ThumbnailFormat, .. set.ModernFormats])
        {
            if ((await thumbnails.FindMissingAsync(original.Key, original.StoredCrop(), format, stores.Active, cancellationToken)).Count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
