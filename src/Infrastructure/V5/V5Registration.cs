using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Infrastructure.V5;

internal static class V5Registration
{
    /// <summary>
    /// Registers what a migration reads from. It is created on demand, so that a host that does not migrate needs no settings.
    /// </summary>
    /// <param name="storage">The target of the migration: each has its own ledger.</param>
    public static IServiceCollection AddV5(this IServiceCollection services, V5Settings settings, IStorageBackend storage)
    {
        services.AddSingleton<IV5Images>(_ =>
        {
            settings.ThrowIfUnusable(storage);
            return new V5Images(settings.Database!, settings.NewestFirst);
        });
        services.AddSingleton<IV5Originals>(_ =>
        {
            settings.ThrowIfUnusable(storage);
            return settings.Originals!.IsFile
                ? new FolderOriginals(new DirectoryInfo(settings.Originals.LocalPath))
                : new HttpOriginals(settings.Originals, settings.OriginalsLogin, settings.RedirectHosts, FetchPatience.Default);
        });
        services.AddSingleton<IMigrationLedger>(_ =>
            settings.Ledger is { } ledger ? new MigrationLedger(ledger, storage.LedgerTable) : new NoLedger());
        return services;
    }
}
