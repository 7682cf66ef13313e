using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Infrastructure.Storage;

/// <summary>One kind of place that images can be kept in, with its settings. <c>Composition/StorageSettings.cs</c> lists all kinds.</summary>
public interface IStorageBackend
{
    /// <summary>Where published images are, for people.</summary>
    string ActivePlace { get; }

    /// <summary>The table of the ledger in which the migrations into it are noted.</summary>
    string LedgerTable { get; }

    /// <summary>Whether it removes by itself what was not published in time.</summary>
    bool ExpiresByItself { get; }

    /// <returns>Where anybody may read a published image without this service; null: nowhere.</returns>
    Uri? PublicAddressOf(ImageKey key);

    /// <returns>Whether a folder is one that images are kept in, whatever its name.</returns>
    bool HasPlaceOf(string folder);

    /// <summary>Notes a mistake when a folder for something else is one that images are kept in, or lies inside of one, or around it.</summary>
    /// <param name="name">The variable of that folder.</param>
    void RefuseAsPlaceOf(string name, DirectoryInfo folder, SettingsReader variables);

    /// <summary>Registers the storages, the marks, and what is looked at and swept at a start.</summary>
    void Register(IServiceCollection services, StorageOptions options);

    /// <returns>Does with both storages, and objects of its own, what the service does. The caller disposes it.</returns>
    IStorageSteps Check(StorageOptions options);

    /// <returns>Makes both storages. The caller disposes it. Null: that is the operator's.</returns>
    IStorageSteps? Init(StorageOptions options);
}

/// <summary>Things that are done to both storages, one after the other.</summary>
public interface IStorageSteps : IDisposable
{
    /// <returns>What was done; the first problem is the last step. Nothing of it is left.</returns>
    IAsyncEnumerable<StorageStep> RunAsync(CancellationToken cancellationToken);
}
