using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Infrastructure.V5;

internal static class V5Registration
{
    /// <summary>Registers what a migration reads from. Made when it is asked for, so that a host that migrates nothing needs no setting.</summary>
    /// <param name="storage">What is migrated into: each has a ledger of its own.</param>
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
