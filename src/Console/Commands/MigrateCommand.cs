using System.CommandLine;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Migrate;
using ImageBackend.Cli.Batches;
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

    private static Batch CreateBatch(BatchContext context)
    {
        IV5Images images = context.Services.GetRequiredService<IV5Images>();
        BatchChoices choices = context.Choices;
        return new Batch("migrate", images.ListKeysAsync, WorkAsync);

        async Task<ItemResult> WorkAsync(IMediator mediator, string name, CancellationToken cancellationToken)
        {
            string? key = choices.Key is null ? name : await images.FindKeyAsync(name, cancellationToken);
            return key is null
                ? ItemResult.Failed("The V5 database has no image of this name.")
                : ResultOf(await mediator.Send(new MigrateV5Image(key, choices.Force, choices.DryRun), cancellationToken));
        }
    }

    private static ItemResult ResultOf(MigratedImage migrated) => migrated.Outcome switch
    {
        MigrationOutcome.Skipped => ItemResult.Skipped(),
        MigrationOutcome.Completed => ItemResult.Processed(0, "it is there; only thumbnails were missing"),
        _ => ItemResult.Processed(migrated.Bytes),
    };
}
