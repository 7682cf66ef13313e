namespace ImageBackend.Application.Abstractions;

/// <summary>The images in the database of an old site (V5), which is only read.</summary>
public interface IV5Images
{
    /// <returns>
    /// The key of each image once, as text, in the order in which they came to the site, or the reverse (V5_ORDER); page by
    /// page: memory does not grow with their number. The text is not checked: it may not be a valid key.
    /// </returns>
    /// <exception cref="MigrationFaultException">The database can't be read (at the start, nothing is retried), or is gone and did not come back within a minute.</exception>
    IAsyncEnumerable<string> ListKeysAsync(CancellationToken cancellationToken);

    /// <param name="name">A key, or the name in the database, where a drawing has its raster's name.</param>
    /// <returns>The image's key, as text, or null if no image has this name.</returns>
    /// <exception cref="MigrationFaultException">The database can't be read.</exception>
    Task<string?> FindKeyAsync(string name, CancellationToken cancellationToken);
}

/// <summary>What every migration needs does not work (the old site's database, its originals, the ledger): no other image would fare better.</summary>
/// <param name="problem">What is wrong, and where; without a password.</param>
public sealed class MigrationFaultException(string problem, Exception? inner = null) : Exception(problem, inner);
