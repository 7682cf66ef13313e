namespace ImageBackend.Application.Abstractions;

/// <summary>The images that the database of an old site (V5) knows. It is only read.</summary>
public interface IV5Images
{
    /// <returns>
    /// The key of each image once, as text, in the order in which they came to the site, or the reverse (V5_ORDER); page by
    /// page: memory does not grow with their number. What stands there is not checked: it may be no key.
    /// </returns>
    /// <exception cref="MigrationFaultException">The database can't be read (at the start nothing is tried twice), or is gone and did not come back within a minute.</exception>
    IAsyncEnumerable<string> ListKeysAsync(CancellationToken cancellationToken);

    /// <param name="name">A key, or the name that stands in the database: a drawing stands there as its raster's.</param>
    /// <returns>The image's key, as text, or null when there is none of this name.</returns>
    /// <exception cref="MigrationFaultException">The database can't be read.</exception>
    Task<string?> FindKeyAsync(string name, CancellationToken cancellationToken);
}

/// <summary>What every image is migrated from does not work (the old site's database, its originals, the ledger): no other image would do better.</summary>
/// <param name="problem">What is wrong, and where; without a password.</param>
public sealed class MigrationFaultException(string problem, Exception? inner = null) : Exception(problem, inner);
