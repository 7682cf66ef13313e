using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Migrate;

/// <summary>Migrates one image of an old site (V5) to active storage. Safe to send again: what is there is not made twice.</summary>
/// <param name="Key">The original's; for an image that has a drawing, the drawing's.</param>
/// <param name="Force">Whether an image that is already there is fetched and remade. A crop that is kept with it stays.</param>
/// <param name="DryRun">Whether to fetch and write nothing; the answer says what would be done.</param>
public sealed record MigrateV5Image(ImageKey Key, bool Force = false, bool DryRun = false) : IRequest<MigratedImage>, IOfImage
{
    string? IOfImage.Image => Key.ToString();
}

/// <param name="Bytes">Fetched from the old site.</param>
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
    ImageStores stores, ThumbnailSet set, OriginalFetcher fetcher, ActiveWriter active, DrawingRasters rasters, IMigrationLedger ledger)
    : IRequestHandler<MigrateV5Image, MigratedImage>
{
    public async Task<MigratedImage> Handle(MigrateV5Image request, CancellationToken cancellationToken)
    {
        ImageKey key = request.Key;
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
                : await active.LacksAnyAsync(stored!, cancellationToken) ? MigrationOutcome.Completed
                : MigrationOutcome.Skipped);
        }

        MigratedImage migrated = isDue
            ? await MigrateAsync(key, stored?.Properties.Crop, cancellationToken)
            : new MigratedImage(await active.CompleteAsync(stored!, cancellationToken) ? MigrationOutcome.Completed : MigrationOutcome.Skipped);
        if (key.Format == ImageFormat.Svg)
        {
            await rasters.RemoveAsync(key, stored?.Properties.Crop, cancellationToken);
        }

        await ledger.MarkAsync(marks, cancellationToken);
        return migrated;
    }

    private async Task<MigratedImage> MigrateAsync(ImageKey key, CropArea? crop, CancellationToken cancellationToken)
    {
        using FetchedOriginal original = await fetcher.FetchAsync(key, cancellationToken);
        await active.WriteAsync(new SourceImage(original.Workspace, original.FileName, key, crop), cancellationToken);
        return new MigratedImage(MigrationOutcome.Migrated, original.Bytes);
    }
}
