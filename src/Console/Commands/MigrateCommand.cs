using System.CommandLine;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Migrate;
using ImageBackend.Cli.Batches;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Commands;

/// <summary><c>images migrate</c>: migrates the images of an old site (V5), by its database and its files.</summary>
internal static class MigrateCommand
{
    public static Command Create() => BatchCommand.Create(
        "migrate",
        """
        Bring the images of a V5 site into active storage: each file name of its database (V5_DATABASE_URL) once, its original from V5_IMAGES_URL.
        Existing images are skipped, missing thumbnails are made; the database is only read. Stop it at any time: the same command continues where it stopped.
        """,
        [],
        CreateBatch);

    public static Batch BatchOf(IServiceProvider services, MigrateWork work) => new("migrate", services.GetRequiredService<IV5Images>().ListKeysAsync, work) { ReadsOldSite = true };

    private static Batch CreateBatch(BatchContext context) =>
        BatchOf(context.Services, new MigrateWork(context.Choices.Force, context.Choices.DryRun, IsNamed: context.Choices.Key is not null));
}

/// <param name="IsNamed">Whether the image is given by its name in the database, which may be that of a drawing's raster.</param>
internal sealed record MigrateWork(bool Force, bool DryRun, bool IsNamed) : IBatchWork
{
    public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
    {
        ImageKey? found = IsNamed ? await mediator.Send(new FindV5Image(key), cancellationToken) : key;
        return found is null
            ? ItemResult.Failed("The V5 database has no image of this name.")
            : ResultOf(await mediator.Send(new MigrateV5Image(found, Force, DryRun), cancellationToken));
    }

    private static ItemResult ResultOf(MigratedImage migrated) => migrated.Outcome switch
    {
        MigrationOutcome.Skipped => ItemResult.Skipped(),
        MigrationOutcome.Completed => ItemResult.Processed(0, "it is there; only thumbnails were missing"),
        _ => ItemResult.Processed(migrated.Bytes),
    };
}
