using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>The files of an old site (V5).</summary>
public interface IV5Originals
{
    /// <summary>Fetches an original, with more than one try if that may help.</summary>
    /// <param name="fileName">The file of the workspace to write; replaced if it exists.</param>
    /// <param name="maxBytes">When the original is longer, little or nothing of it is read and the result is greater than this.</param>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="OriginalUnavailableException">This original can't be read.</exception>
    /// <exception cref="MigrationFaultException">No original can be read.</exception>
    /// <exception cref="StorageException">The workspace can't be written.</exception>
    Task<long> FetchAsync(ImageKey key, IWorkspace workspace, string fileName, long maxBytes, CancellationToken cancellationToken);
}

/// <summary>One original can't be read from the old site.</summary>
public sealed class OriginalUnavailableException(ImageKey key, string reason, Exception? inner = null)
    : Exception($"The original {key} can't be read: {reason}.", inner)
{
    public ImageKey Key { get; } = key;
}
