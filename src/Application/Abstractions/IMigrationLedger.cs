using ImageBackend.Domain;

namespace ImageBackend.Application.Abstractions;

/// <summary>The predecessor's list of migrated originals and thumbnails. If none is kept, nothing is ever marked.</summary>
public interface IMigrationLedger
{
    /// <exception cref="MigrationFaultException">It can't be read.</exception>
    Task<bool> HasAllAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken);

    /// <exception cref="MigrationFaultException">It can't be written.</exception>
    Task MarkAsync(IReadOnlyCollection<ImageKey> keys, CancellationToken cancellationToken);
}
