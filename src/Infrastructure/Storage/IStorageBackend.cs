using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>One kind of place to keep images, with its settings. <c>Composition/StorageSettings.cs</c> lists all kinds.</summary>
public interface IStorageBackend
{
    /// <summary>Where published images are, in words for people.</summary>
    string ActivePlace { get; }

    /// <summary>Which two storages they are and how objects are put there: the same text on every machine that uses them in the same way. No secret.</summary>
    string Identity { get; }

    /// <summary>The table of the ledger that records migrations into it.</summary>
    string LedgerTable { get; }

    /// <summary>Whether it removes by itself whatever was not published in time.</summary>
    bool ExpiresByItself { get; }

    /// <returns>Where anybody can read a published image without this service; null: nowhere.</returns>
    Uri? PublicAddressOf(ImageKey key);

    /// <returns>Whether images are kept in a folder, whatever its name.</returns>
    bool HasPlaceOf(string folder);

    /// <summary>Adds a mistake if a folder for something else is, contains or is inside one that images are kept in.</summary>
    /// <param name="name">The variable that sets that folder.</param>
    void RefuseAsPlaceOf(string name, DirectoryInfo folder, SettingsReader variables);

    /// <summary>Registers the storages, the marks, and what is checked and swept at start.</summary>
    void Register(IServiceCollection services, StorageOptions options);

    /// <returns>Does to both storages what the service does, with objects of its own. The caller disposes it.</returns>
    IStorageSteps Check(StorageOptions options);

    /// <returns>Creates both storages. The caller disposes it. Null: creating them is up to the operator.</returns>
    IStorageSteps? Init(StorageOptions options);
}

/// <summary>Steps that are done to both storages, one after another.</summary>
public interface IStorageSteps : IDisposable
{
    /// <returns>What was done; after the first problem it stops. It leaves nothing behind.</returns>
    IAsyncEnumerable<StorageStep> RunAsync(CancellationToken cancellationToken);
}
